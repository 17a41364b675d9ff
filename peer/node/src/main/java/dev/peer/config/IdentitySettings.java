package dev.peer.config;

import dev.peer.core.trust.RevocationMode;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who this peer is, and which CAs it trusts.
 *
 * @param cert its certificate chain
 * @param key the certificate's private key
 * @param ca the trusted CAs
 * @param revocation what the CAs revoked
 * @param timestamps the stamps of results
 */
public record IdentitySettings(
    Optional<PemSource> cert,
    Optional<PemSource> key,
    Optional<PemSource> ca,
    Revocation revocation,
    Timestamps timestamps) {

  /**
   * What the trusted CAs revoked.
   *
   * @param lists their revocation lists
   * @param mode how strict the lists' use is
   */
  public record Revocation(List<PemSource> lists, RevocationMode mode) {

    /** Copies the list. */
    public Revocation {
      lists = List.copyOf(lists);
    }
  }

  /**
   * Stamps that say when a result was there.
   *
   * @param authority stamps results signed here
   * @param cas the CAs whose timestamps count; absent: the trusted ones
   */
  public record Timestamps(Optional<URI> authority, Optional<PemSource> cas) {}

  /** Reads them. */
  static IdentitySettings of(Settings settings) throws ConfigException {
    return new IdentitySettings(
        pem(settings, Setting.PEER_CERT),
        pem(settings, Setting.PEER_KEY),
        pem(settings, Setting.PEER_CA),
        new Revocation(crl(settings), crlMode(settings)),
        new Timestamps(
            settings.read(
                Setting.PEER_TSA,
                ValueForms::web,
                "an http or https URL",
                "https://meet.example.org:8443/v1/timestamp"),
            pem(settings, Setting.PEER_TSA_CA)));
  }

  /** The settings that every connection needs. */
  public CredentialSources credentials() throws ConfigException {
    List<String> unset = new ArrayList<>();
    if (cert.isEmpty()) {
      unset.add(Setting.PEER_CERT.name());
    }
    if (key.isEmpty()) {
      unset.add(Setting.PEER_KEY.name());
    }
    if (ca.isEmpty()) {
      unset.add(Setting.PEER_CA.name());
    }
    if (!unset.isEmpty()) {
      throw new ConfigException(
          String.join(" and ", unset) + (unset.size() == 1 ? " is" : " are") + " not set",
          "set each to a PEM file; `peer-pki init` and `peer-pki issue` make a set for a trial");
    }
    requireLists();
    return new CredentialSources(
        cert.orElseThrow(), key.orElseThrow(), ca.orElseThrow(), revocation);
  }

  private void requireLists() throws ConfigException {
    if (revocation.lists().isEmpty() && revocation.mode() == RevocationMode.REQUIRE) {
      throw new ConfigException(
          "PEER_CRL_MODE is require, and PEER_CRL is not set: no certificate could be trusted",
          "set PEER_CRL to the revocation lists of all CAs, or PEER_CRL_MODE to current");
    }
  }

  /** The settings for trust, for commands that judge others and need no identity. */
  public PemSource trustedCas() throws ConfigException {
    requireLists();
    return ca.orElseThrow(
        () ->
            new ConfigException(
                Setting.PEER_CA + " is not set",
                "set it to a PEM file of the CAs to trust; `peer-pki init` makes one for a trial"));
  }

  private static Optional<PemSource> pem(Settings settings, Setting setting)
      throws ConfigException {
    return settings.read(setting, PemSource::parse, "a path or PEM text", "/etc/peer/file.pem");
  }

  private static List<PemSource> crl(Settings settings) throws ConfigException {
    return settings
        .read(
            Setting.PEER_CRL,
            PemSource::parseAll,
            "paths separated by commas, or PEM text",
            "/etc/peer/root.crl,/etc/peer/team.crl")
        .orElse(List.of());
  }

  private static RevocationMode crlMode(Settings settings) throws ConfigException {
    return settings
        .valueOrDefault(Setting.PEER_CRL_MODE)
        .read(RevocationMode::parse, "require, current or warn", "require");
  }
}
