package dev.peer.identity;

import dev.peer.config.ConfigException;
import dev.peer.config.IdentitySettings;
import dev.peer.config.PemSource;
import dev.peer.config.RuleSource;
import dev.peer.core.id.Printable;
import dev.peer.core.pem.CredentialException;
import dev.peer.core.pem.KeyFile;
import dev.peer.core.pem.Pem;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.TrustAnchors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the files, or the texts, that settings name. Errors name the setting. */
final class SourceFiles {

  private SourceFiles() {}

  /** The CAs of a source. */
  static TrustAnchors anchors(String name, PemSource source) throws CredentialException {
    return TrustAnchors.of(Pem.certificates(name, text(name, source)));
  }

  /** As {@link #anchors}, and again when the file changes. */
  static Reloadable<TrustAnchors> reloadableAnchors(String name, PemSource source)
      throws ConfigException, CredentialException {
    return Reloadable.read(files(source), () -> anchors(name, source));
  }

  /** The revocation lists of a source. */
  static List<X509CRL> lists(PemSource source) throws CredentialException {
    return Pem.revocationLists("PEER_CRL", bytes("PEER_CRL", source));
  }

  /** All revocation lists of the settings. */
  static RevocationLists lists(IdentitySettings.Revocation revocation) throws CredentialException {
    List<X509CRL> all = new ArrayList<>();
    for (PemSource crl : revocation.lists()) {
      all.addAll(lists(crl));
    }
    return RevocationLists.of(all, revocation.mode());
  }

  /** A certificate and its key. */
  static Credentials credentials(
      String certificateName, PemSource certificate, String keyName, PemSource key)
      throws CredentialException {
    return Credentials.of(
        Pem.certificates(certificateName, text(certificateName, certificate)),
        Pem.privateKey(keyName, key(keyName, key)));
  }

  static List<Path> files(Optional<RuleSource> source) {
    return source.isPresent() && source.get() instanceof RuleSource.File file
        ? List.of(file.path())
        : List.of();
  }

  private static String key(String name, PemSource source) throws CredentialException {
    String text = text(name, source);
    if (source instanceof PemSource.File(Path file)) {
      KeyFile.requirePrivate(name, file);
    }
    return text;
  }

  static List<Path> files(PemSource... sources) {
    List<Path> files = new ArrayList<>();
    for (PemSource source : sources) {
      if (source instanceof PemSource.File file) {
        files.add(file.path());
      }
    }
    return files;
  }

  static String text(String name, PemSource source) throws CredentialException {
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

  static byte[] read(String name, Path file) throws CredentialException {
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
}
