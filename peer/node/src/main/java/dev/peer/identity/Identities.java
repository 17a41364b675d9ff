package dev.peer.identity;

import dev.peer.config.ConfigException;
import dev.peer.config.PeerSettings;
import dev.peer.config.PemSource;
import dev.peer.config.RuleSource;
import dev.peer.core.access.AccessRule;
import dev.peer.core.access.AccessRules;
import dev.peer.core.access.CertificateUse;
import dev.peer.core.access.NamespaceRules;
import dev.peer.core.access.SignRules;
import dev.peer.core.id.Printable;
import dev.peer.core.pem.CredentialException;
import dev.peer.core.pem.KeyFile;
import dev.peer.core.pem.Pem;
import dev.peer.core.progress.Notices;
import dev.peer.core.sign.ImageVerifier;
import dev.peer.core.sign.RecordVerifier;
import dev.peer.core.timestamp.TimestampAuthority;
import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.RevocationMode;
import dev.peer.core.trust.TrustAnchors;
import dev.peer.core.trust.UntrustedCertificateException;
import dev.peer.tls.TlsIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
import java.util.function.Function;

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
  private final Reloadable<Credentials> own;
  private final RevocationMode crlMode;
  private final boolean openSign;
  private final Notices notices;
  private final Set<String> warned = new HashSet<>();
  private final TlsIdentity tls;
  private final List<CertificateRole> roles;
  private Optional<StoreSide> store = Optional.empty();
  private RevocationLists revocationLists;
  private Optional<String> ownFault = Optional.empty();
  private volatile CertificateValidator validator;
  private volatile CertificateValidator timestampers;

  private Identities(PeerSettings settings, Notices notices, List<CertificateRole> roles)
      throws ConfigException, CredentialException {
    this.notices = notices;
    this.roles = roles;
    dev.peer.config.CredentialSources sources = settings.identity().credentials();
    crlMode = sources.revocation().mode();
    openSign = settings.rules().sign().isEmpty();
    anchors = anchors("PEER_CA", sources.ca());
    timestampAnchors =
        settings.identity().timestamps().cas().isPresent()
            ? Optional.of(anchors("PEER_TSA_CA", settings.identity().timestamps().cas().get()))
            : Optional.empty();
    for (PemSource crl : sources.revocation().lists()) {
      lists.add(Reloadable.read(files(crl), () -> readLists(crl)));
    }
    fetch =
        Reloadable.read(
            files(settings.rules().fetch()),
            () -> namespaceRules("PEER_ALLOW_FETCH", settings.rules().fetch()));
    announce =
        Reloadable.read(
            files(settings.rules().announce()),
            () -> namespaceRules("PEER_ALLOW_ANNOUNCE", settings.rules().announce()));
    sign = Reloadable.read(files(settings.rules().sign()), () -> signRules(settings));
    image = Reloadable.read(files(settings.rules().image()), () -> imageRule(settings));
    judge();
    own =
        Reloadable.read(
            files(sources.certificate(), sources.key()),
            () -> {
              Credentials credentials =
                  Credentials.of(
                      Pem.certificates("PEER_CERT", text("PEER_CERT", sources.certificate())),
                      Pem.privateKey("PEER_KEY", key("PEER_KEY", sources.key())));
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

  /** The judge of others; needs no certificate of our own. */
  public static CertificateValidator validator(PeerSettings settings)
      throws ConfigException, CredentialException {
    return new CertificateValidator(
        readAnchors("PEER_CA", settings.identity().trustedCas()), readLists(settings));
  }

  /** Who may do what. */
  public static AccessRules rules(PeerSettings settings)
      throws ConfigException, CredentialException {
    return new AccessRules(
        namespaceRules("PEER_ALLOW_FETCH", settings.rules().fetch()),
        namespaceRules("PEER_ALLOW_ANNOUNCE", settings.rules().announce()),
        signRules(settings),
        imageRule(settings));
  }

  /** The verifier of guest images, for a command that needs no certificate of its own. */
  public static ImageVerifier imageVerifier(PeerSettings settings)
      throws ConfigException, CredentialException {
    return new ImageVerifier(validator(settings), rules(settings), InstantSource.system());
  }

  /**
   * The verifier of results, for a command that needs no certificate of its own.
   *
   * @param notices told of outdated files
   */
  public static RecordVerifier verifier(PeerSettings settings, Notices notices)
      throws ConfigException, CredentialException {
    RevocationLists lists = readLists(settings);
    CertificateValidator validator =
        new CertificateValidator(readAnchors("PEER_CA", settings.identity().trustedCas()), lists);
    CertificateValidator timestampers =
        settings.identity().timestamps().cas().isPresent()
            ? new CertificateValidator(
                readAnchors("PEER_TSA_CA", settings.identity().timestamps().cas().get()), lists)
            : validator;
    lists.overdue(Instant.now()).forEach(text -> notices.say("warning: " + text));
    return new RecordVerifier(validator, timestampers, signRules(settings), InstantSource.system());
  }

  /** A time-stamping authority with this certificate and key, whose tokens would count here. */
  public TimestampAuthority timestampAuthority(Path certificate, Path key)
      throws CredentialException {
    return TimestampAuthority.of(
        Credentials.of(
            Pem.certificates("--tsa-cert", text("--tsa-cert", new PemSource.File(certificate))),
            Pem.privateKey("--tsa-key", key("--tsa-key", new PemSource.File(key)))),
        timestampers,
        InstantSource.system());
  }

  /** Our identity towards the store of an index, and the authority of the store's certificate. */
  private record StoreSide(
      Optional<Reloadable<Credentials>> own,
      Optional<Reloadable<TrustAnchors>> anchors,
      TlsIdentity tls) {}

  /** The TLS identity for connections to the store of an index; it follows reloads. */
  public synchronized TlsIdentity store(StoreFiles files)
      throws ConfigException, CredentialException {
    Optional<Reloadable<Credentials>> pair =
        files.pair().isEmpty() ? Optional.empty() : Optional.of(storePair(files.pair().get()));
    Optional<Reloadable<TrustAnchors>> ca =
        files.ca().isEmpty()
            ? Optional.empty()
            : Optional.of(anchors("--store-ca", new PemSource.File(files.ca().get())));
    TlsIdentity made =
        new TlsIdentity(storeCredentials(pair), storeValidator(ca), InstantSource.system());
    store = Optional.of(new StoreSide(pair, ca, made));
    return made;
  }

  private static Reloadable<Credentials> storePair(StoreFiles.Pair pair)
      throws ConfigException, CredentialException {
    PemSource certificate = new PemSource.File(pair.certificate());
    PemSource key = new PemSource.File(pair.key());
    return Reloadable.read(
        files(certificate, key),
        () ->
            Credentials.of(
                Pem.certificates("--store-cert", text("--store-cert", certificate)),
                Pem.privateKey("--store-key", key("--store-key", key))));
  }

  private Credentials storeCredentials(Optional<Reloadable<Credentials>> pair) {
    return pair.map(Reloadable::value).orElseGet(own::value);
  }

  private CertificateValidator storeValidator(Optional<Reloadable<TrustAnchors>> ca) {
    return ca.map(part -> new CertificateValidator(part.value(), revocationLists))
        .orElse(validator);
  }

  private void lookAt(StoreSide side, boolean now, List<String> taken) {
    side.own().ifPresent(part -> look("--store-cert and --store-key", part, now, taken));
    side.anchors().ifPresent(part -> look("--store-ca", part, now, taken));
  }

  private void renew(StoreSide side) {
    side.tls().renew(storeCredentials(side.own()), storeValidator(side.anchors()));
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
    store.ifPresent(side -> lookAt(side, now, taken));
    if (!taken.isEmpty()) {
      judge();
    }
    // By the authorities as they are now: a peer may get another CA and a certificate of it at
    // once.
    look("PEER_CERT and PEER_KEY", own, now, taken);
    if (!taken.isEmpty()) {
      tls.renew(own.value(), validator);
      store.ifPresent(this::renew);
      ownFault = ownFault();
      notices.say(
          "reloaded: "
              + String.join(", ", new LinkedHashSet<>(taken))
              + "; the own certificate holds until "
              + own.value().leaf().getNotAfter().toInstant());
      warned.clear();
    }
    warn();
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

  private static RevocationLists readLists(PeerSettings settings) throws CredentialException {
    List<X509CRL> all = new ArrayList<>();
    for (PemSource crl : settings.identity().revocation().lists()) {
      all.addAll(readLists(crl));
    }
    return RevocationLists.of(all, settings.identity().revocation().mode());
  }

  private static Reloadable<TrustAnchors> anchors(String name, PemSource source)
      throws ConfigException, CredentialException {
    return Reloadable.read(files(source), () -> readAnchors(name, source));
  }

  private static TrustAnchors readAnchors(String name, PemSource source)
      throws CredentialException {
    return TrustAnchors.of(Pem.certificates(name, text(name, source)));
  }

  private static List<X509CRL> readLists(PemSource source) throws CredentialException {
    return Pem.revocationLists("PEER_CRL", bytes("PEER_CRL", source));
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

  private static NamespaceRules namespaceRules(String name, Optional<RuleSource> source)
      throws ConfigException, CredentialException {
    return source.isEmpty()
        ? NamespaceRules.everywhere(AccessRule.anyone())
        : rules(name, source.get(), NamespaceRules::parse, NamespaceRules::parseLines);
  }

  /** Whose results count, as the rules are now. */
  public static SignRules signRules(PeerSettings settings)
      throws ConfigException, CredentialException {
    return settings.rules().sign().isEmpty()
        ? SignRules.everywhere(AccessRule.anyone())
        : rules(
            "PEER_ALLOW_SIGN",
            settings.rules().sign().get(),
            SignRules::parse,
            SignRules::parseLines);
  }

  private static Optional<AccessRule> imageRule(PeerSettings settings)
      throws ConfigException, CredentialException {
    return settings.rules().image().isEmpty()
        ? Optional.empty()
        : Optional.of(
            rules(
                "PEER_ALLOW_IMAGE",
                settings.rules().image().get(),
                AccessRule::parse,
                AccessRule::parseLines));
  }

  private static List<Path> files(Optional<RuleSource> source) {
    return source.isPresent() && source.get() instanceof RuleSource.File file
        ? List.of(file.path())
        : List.of();
  }

  private static <T> T rules(
      String name, RuleSource source, Function<String, T> parse, Function<String, T> parseLines)
      throws ConfigException, CredentialException {
    try {
      return switch (source) {
        case RuleSource.Text text -> parse.apply(text.text());
        case RuleSource.File file ->
            parseLines.apply(new String(read(name, file.path()), StandardCharsets.UTF_8));
      };
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          name + ": " + e.getMessage(),
          "a rule is such as uri:spiffe://example.org/ci/* or ou:build+issuer:CN=Team CA; for some"
              + " repositories github.com/team/* => ou:team; PEER_ALLOW_SIGN takes targets too:"
              + " github.com/team/app publish => ou:build");
    }
  }

  private static String key(String name, PemSource source) throws CredentialException {
    String text = text(name, source);
    if (source instanceof PemSource.File(Path file)) {
      KeyFile.requirePrivate(name, file);
    }
    return text;
  }

  private static List<Path> files(PemSource... sources) {
    List<Path> files = new ArrayList<>();
    for (PemSource source : sources) {
      if (source instanceof PemSource.File file) {
        files.add(file.path());
      }
    }
    return files;
  }

  private static String text(String name, PemSource source) throws CredentialException {
    return switch (source) {
      case PemSource.Inline inline -> inline.text();
      case PemSource.File file -> new String(bytes(name, file), StandardCharsets.UTF_8);
    };
  }

  private static byte[] bytes(String name, PemSource source) throws CredentialException {
    return switch (source) {
      case PemSource.Inline inline -> inline.text().getBytes(StandardCharsets.UTF_8);
      case PemSource.File file -> read(name, file.path());
    };
  }

  private static byte[] read(String name, Path file) throws CredentialException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(Pem.LARGEST_LIST + 1);
    } catch (NoSuchFileException e) {
      throw new CredentialException(
          name + " names the file " + Printable.of(file.toString()) + ", which is not there",
          name.startsWith("PEER_ALLOW_")
              ? "set it to rules, or to @ and a file of them"
              : "set it to a PEM file, or to the PEM itself",
          e);
    } catch (IOException e) {
      throw new CredentialException(
          name + " names the file " + Printable.of(file.toString()) + ", which cannot be read",
          "check its permissions",
          e);
    }
  }

  /** The TLS identity for connections; it follows reloads. */
  public TlsIdentity tls() {
    return tls;
  }

  /** The rules of the moment. */
  public AccessRules rules() {
    return new AccessRules(fetch.value(), announce.value(), sign.value(), image.value());
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
}
