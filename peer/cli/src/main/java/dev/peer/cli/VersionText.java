package dev.peer.cli;

import dev.peer.report.Version;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class VersionText implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {"peer " + Version.text()};
  }
}
