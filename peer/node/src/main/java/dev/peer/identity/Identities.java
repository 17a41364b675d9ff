package dev.peer.identity;

import dev.peer.config.ConfigException;
import dev.peer.config.CredentialSources;
import dev.peer.config.PeerSettings;
import dev.peer.config.PemSource;
import dev.peer.core.access.AccessRule;
import dev.peer.core.access.AccessRules;
import dev.peer.core.access.CertificateUse;
import dev.peer.core.access.NamespaceRules;
import dev.peer.core.access.SignRules;
import dev.peer.core.pem.CredentialException;
import dev.peer.core.progress.Notices;
import dev.peer.core.sign.ImageVerifier;
import dev.peer.core.sign.RecordVerifier;
import dev.peer.core.sign.RuntimeVerifier;
import dev.peer.core.timestamp.TimestampAuthority;
import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.RevocationMode;
import dev.peer.core.trust.TrustAnchors;
import dev.peer.core.trust.UntrustedCertificateException;
import dev.peer.tls.TlsIdentity;
import java.nio.file.Path;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * This peer's identity, whom it trusts, and the rules: read from the settings and checked. A
 * process that outlives its certificate reads each part again separately.
 */
public final class Identities {

  /** The message for that case, if there is a rendezvous. */
  public static final String OPEN_SIGN =
      "PEER_ALLOW_SIGN is not set: where it is not, results of every certificate of PEER_CA that is"
          + " for clients count";

  private final Reloadable<TrustAnchors> anchors;
  private final Optional<Reloadable<TrustAnchors>> timestampAnchors;
  private final List<Reloadable<List<X509CRL>>> lists = new ArrayList<>();
  private final Reloadable<NamespaceRules> fetch;
  private final Reloadable<NamespaceRules> announce;
  private final Reloadable<SignRules> sign;
  private final Reloadable<Optional<AccessRule>> image;
  private final Reloadable<Optional<SignRules>> prepare;
  private final Reloadable<Credentials> own;
  private final RevocationMode crlMode;
  private final boolean openSign;
  private final Notices notices;
  private final Set<String> warned = new HashSet<>();
  private final TlsIdentity tls;
  private final List<CertificateRole> roles;
  private Optional<StoreIdentity> store = Optional.empty();
  private RevocationLists revocationLists;
  private Optional<String> ownFault = Optional.empty();
  private volatile CertificateValidator validator;
  private volatile CertificateValidator timestampers;
  private volatile Runnable reloaded = () -> {};

  private Identities(PeerSettings settings, Notices notices, List<CertificateRole> roles)
      throws ConfigException, CredentialException {
    this.notices = notices;
    this.roles = roles;
    CredentialSources sources = settings.identity().credentials();
    crlMode = sources.revocation().mode();
    openSign = settings.rules().sign().isEmpty();
    anchors = SourceFiles.reloadableAnchors("PEER_CA", sources.ca());
    timestampAnchors =
        settings.identity().timestamps().cas().isPresent()
            ? Optional.of(
                SourceFiles.reloadableAnchors(
                    "PEER_TSA_CA", settings.identity().timestamps().cas().get()))
            : Optional.empty();
    for (PemSource crl : sources.revocation().lists()) {
      lists.add(Reloadable.read(SourceFiles.files(crl), () -> SourceFiles.lists(crl)));
    }
    fetch =
        Reloadable.read(
            SourceFiles.files(settings.rules().fetch()),
            () -> RuleReader.namespaceRules("PEER_ALLOW_FETCH", settings.rules().fetch()));
    announce =
        Reloadable.read(
            SourceFiles.files(settings.rules().announce()),
            () -> RuleReader.namespaceRules("PEER_ALLOW_ANNOUNCE", settings.rules().announce()));
    sign =
        Reloadable.read(
            SourceFiles.files(settings.rules().sign()), () -> RuleReader.signRules(settings));
    image =
        Reloadable.read(
            SourceFiles.files(settings.rules().image()), () -> RuleReader.imageRule(settings));
    prepare =
        Reloadable.read(
            SourceFiles.files(settings.rules().prepare()), () -> RuleReader.prepareRules(settings));
    judge();
    own =
        Reloadable.read(
            SourceFiles.files(sources.certificate(), sources.key()),
            () -> {
              Credentials credentials =
                  SourceFiles.credentials(
                      "PEER_CERT", sources.certificate(), "PEER_KEY", sources.key());
              requireValid(credentials);
              return credentials;
            });
    tls = new TlsIdentity(own.value(), validator, InstantSource.system());
    warn();
  }

  /**
   * Reads them.
   *
   * @param notices told of outdated files, and later of reloads and failed reloads
   * @param roles the uses of the own certificate
   */
  public static Identities of(PeerSettings settings, Notices notices, CertificateRole... roles)
      throws ConfigException, CredentialException {
    return new Identities(settings, notices, List.of(roles));
  }

  /** A time-stamping authority with this certificate and key, whose tokens would count here. */
  public TimestampAuthority timestampAuthority(Path certificate, Path key)
      throws CredentialException {
    return TimestampAuthority.of(
        SourceFiles.credentials(
            "--tsa-cert", new PemSource.File(certificate), "--tsa-key", new PemSource.File(key)),
        timestampers,
        InstantSource.system());
  }

  /** The TLS identity for connections to the store of an index; it follows reloads. */
  public synchronized TlsIdentity store(StoreFiles files)
      throws ConfigException, CredentialException {
    StoreIdentity made = new StoreIdentity(files, fallback());
    store = Optional.of(made);
    return made.tls();
  }

  private StoreIdentity.Fallback fallback() {
    return new StoreIdentity.Fallback(own.value(), validator, revocationLists);
  }

  /**
   * Reads changed files again, and reports them. Files that cannot be used do not count: the
   * earlier content stays. When it returns, parties that the new content refuses get nothing more.
   *
   * @param now whether to take files at once that may still be being written
   */
  public synchronized void refresh(boolean now) {
    List<String> taken = new ArrayList<>();
    look("PEER_CA", anchors, now, taken);
    timestampAnchors.ifPresent(part -> look("PEER_TSA_CA", part, now, taken));
    lists.forEach(list -> look("PEER_CRL", list, now, taken));
    look("PEER_ALLOW_FETCH", fetch, now, taken);
    look("PEER_ALLOW_ANNOUNCE", announce, now, taken);
    look("PEER_ALLOW_SIGN", sign, now, taken);
    look("PEER_ALLOW_IMAGE", image, now, taken);
    look("PEER_ALLOW_PREPARE", prepare, now, taken);
    store.ifPresent(side -> side.forEach((name, part) -> look(name, part, now, taken)));
    if (!taken.isEmpty()) {
      judge();
    }
    // By the authorities as they are now: a peer may get another CA and a certificate of it at
    // once.
    look("PEER_CERT and PEER_KEY", own, now, taken);
    if (!taken.isEmpty()) {
      tls.renew(own.value(), validator);
      store.ifPresent(side -> side.renew(fallback()));
      ownFault = ownFault();
      notices.say(
          "reloaded: "
              + String.join(", ", new LinkedHashSet<>(taken))
              + "; the own certificate holds until "
              + own.value().leaf().getNotAfter().toInstant());
      warned.clear();
      reloaded.run();
    }
    warn();
  }

  /** Has something done after each reload. */
  public void whenReloaded(Runnable action) {
    reloaded = action;
  }

  private void look(String name, Reloadable<?> part, boolean now, List<String> taken) {
    switch (part.look(now)) {
      case ReloadOutcome.Unchanged _ -> {}
      case ReloadOutcome.Taken _ -> taken.add(name);
      case ReloadOutcome.Refused(Exception why) ->
          notices.say(
              "warning: "
                  + name
                  + ": not reloaded, the one before stays in use: "
                  + why.getMessage());
    }
  }

  private void judge() {
    List<X509CRL> all = lists.stream().flatMap(part -> part.value().stream()).toList();
    revocationLists = RevocationLists.of(all, crlMode);
    validator = new CertificateValidator(anchors.value(), revocationLists);
    timestampers =
        timestampAnchors.isPresent()
            ? new CertificateValidator(timestampAnchors.get().value(), revocationLists)
            : validator;
  }

  private void warn() {
    Instant now = Instant.now();
    List<String> warnings = new ArrayList<>(revocationLists.overdue(now));
    OwnValidity.warning(own.value().leaf(), now).or(() -> ownFault).ifPresent(warnings::add);
    warnings.stream().filter(warned::add).forEach(text -> notices.say("warning: " + text));
  }

  /** For a rendezvous or a relay: warns if a party that takes it over could forge results. */
  public void warnOfForgeries() {
    if (openSign) {
      notices.say("warning: " + OPEN_SIGN);
    }
    if (isGoodFor(CertificateRole.SIGNER)) {
      notices.say(
          "warning: the own certificate may sign results, and a server need not: issue one for"
              + " servers alone (`peer-pki issue NAME --server`)");
    }
  }

  private void requireValid(Credentials credentials) throws CredentialException {
    try {
      validate(credentials);
    } catch (UntrustedCertificateException e) {
      throw new CredentialException(
          "this peer's own certificate would be refused by others: " + e.getMessage(),
          "PEER_CERT must hold a valid certificate that PEER_CA vouches for, with the certificates"
              + " between them; `peer-pki inspect` shows it"
              + (UntrustedCertificateException.isAboutTime(e)
                  ? "; by the clock here it is " + Instant.now() + ": see whether that is right"
                  : ""),
          e);
    }
  }

  /** The new CAs, lists and rules count, even if our own certificate is lost by them. */
  private Optional<String> ownFault() {
    try {
      validate(own.value());
      return Optional.empty();
    } catch (UntrustedCertificateException e) {
      return Optional.of("others would refuse this peer's own certificate: " + e.getMessage());
    }
  }

  /** Whether the own certificate is good now for its uses. */
  public synchronized boolean isGoodFor(CertificateRole role) {
    try {
      validator.validate(own.value().chain(), role, Instant.now());
      return true;
    } catch (UntrustedCertificateException e) {
      return false;
    }
  }

  private void validate(Credentials credentials) throws UntrustedCertificateException {
    for (CertificateRole role : roles) {
      validator.validate(credentials.chain(), role, Instant.now());
    }
  }

  /** The TLS identity for connections; it follows reloads. */
  public TlsIdentity tls() {
    return tls;
  }

  /** The current rules. */
  public AccessRules rules() {
    return new AccessRules(
        fetch.value(), announce.value(), sign.value(), image.value(), prepare.value());
  }

  /** Whether the own certificate may do something here. */
  public CertificateUse.Verdict judge(CertificateUse use, Instant at) {
    return use.judge(
        validator, rules(), own.value().chain(), Optional.empty(), Optional.empty(), at);
  }

  /** The own certificate and key, as they are in the files now. */
  public Credentials credentials() {
    refresh(true);
    return own.value();
  }

  public RecordVerifier verifier() {
    return new RecordVerifier(validator, timestampers, sign.value(), InstantSource.system());
  }

  /** The verifier of guest images by the current authorities, lists and rules. */
  public ImageVerifier imageVerifier() {
    return new ImageVerifier(validator, rules(), InstantSource.system());
  }

  /** The verifier of prepared runtimes by the current authorities, lists and rules. */
  public RuntimeVerifier runtimeVerifier() {
    return new RuntimeVerifier(validator, rules(), InstantSource.system());
  }
}
