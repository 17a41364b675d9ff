package dev.peer.pki.cli;

import dev.peer.core.trust.CredentialException;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.KeyFile;
import dev.peer.core.trust.Pem;
import dev.peer.pki.issue.CertificateAuthority;
import dev.peer.pki.issue.PemText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files of an authority and of those whom it issues certificates to. */
final class AuthorityFiles {

  private static final String CERTIFICATE = "ca.pem";
  private static final String KEY = "ca-key.pem";

  private AuthorityFiles() {}

  /** A pair of files that belong together. */
  record Pair(Path certificate, Path key) {

    /** Refuses to go on where one of them is there, before anything is made. */
    void requireAbsent() throws FileAlreadyExistsException {
      for (Path file : new Path[] {key, certificate}) {
        if (Files.exists(file)) {
          throw new FileAlreadyExistsException(file.toString());
        }
      }
    }
  }

  static Pair ofAuthority(Path directory) {
    return new Pair(directory.resolve(CERTIFICATE), directory.resolve(KEY));
  }

  static Pair ofPeer(Path directory, String name) {
    return new Pair(directory.resolve(name + ".pem"), directory.resolve(name + "-key.pem"));
  }

  static CertificateAuthority read(Path directory)
      throws IOException, CredentialException, CommandException {
    Pair files = ofAuthority(directory);
    if (!Files.exists(files.certificate()) && !Files.exists(files.key())) {
      throw new CommandException(
          directory + " holds no authority (" + CERTIFICATE + " and " + KEY + ")",
          "make one with: peer-pki init --dir " + directory);
    }
    if (Files.exists(files.key())) {
      KeyFile.requirePrivate("the authority's key", files.key());
    }
    return CertificateAuthority.of(
        Pem.certificates(files.certificate().toString(), text(files.certificate())),
        Pem.privateKey(files.key().toString(), text(files.key())));
  }

  static void write(Pair files, CertificateAuthority authority, boolean overwrite)
      throws IOException {
    WholeFile key = WholeFile.secret(files.key());
    key.write(PemText.privateKey(authority.privateKey()), overwrite);
    WholeFile.open(files.certificate()).write(Pem.write(authority.certificate()), overwrite);
  }

  static void write(Pair files, Credentials credentials, boolean overwrite) throws IOException {
    WholeFile key = WholeFile.secret(files.key());
    key.write(PemText.privateKey(credentials.privateKey()), overwrite);
    WholeFile.open(files.certificate()).write(PemText.chain(credentials), overwrite);
  }

  /** The file's text, if it is not too long to be what it should. */
  static String text(Path file) throws IOException, CredentialException {
    if (Files.size(file) > Pem.LONGEST) {
      throw new CredentialException(file + ": too large", "is it the right file?");
    }
    return Files.readString(file, StandardCharsets.ISO_8859_1);
  }
}
