package dev.peer.pki.cli;

import picocli.CommandLine.Option;

/** The option that lets a command overwrite files. */
final class ForceOption {

  @Option(names = "--force", description = "Overwrite files that are there.")
  private boolean given;

  boolean given() {
    return given;
  }
}
