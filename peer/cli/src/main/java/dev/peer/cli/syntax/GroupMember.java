package dev.peer.cli.syntax;

import picocli.CommandLine.Model.ArgGroupSpec;

/** A part that may also be in an {@link ArgumentGroup}. */
public interface GroupMember extends SyntaxPart {

  /** Adds it to a group. */
  void addTo(ArgGroupSpec.Builder group);
}
