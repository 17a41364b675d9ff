package dev.peer.pki.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.IVersionProvider;

/** Which version this is; the build knows it. */
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() throws IOException {
    try (InputStream in = Version.class.getResourceAsStream("version")) {
      return new String[] {
        "peer-pki " + new String(in.readAllBytes(), StandardCharsets.UTF_8).strip()
      };
    }
  }
}
