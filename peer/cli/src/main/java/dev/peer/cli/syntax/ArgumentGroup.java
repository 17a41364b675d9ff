package dev.peer.cli.syntax;

import java.util.List;
import picocli.CommandLine.Model.ArgGroupSpec;

/** Options that exclude each other, or that belong together. */
public final class ArgumentGroup implements GroupMember {

  private final boolean exclusive;
  private final List<GroupMember> members;

  private ArgumentGroup(boolean exclusive, GroupMember... members) {
    this.exclusive = exclusive;
    this.members = List.of(members);
  }

  /** Options of which there is at most one. */
  public static ArgumentGroup exclusive(GroupMember... members) {
    return new ArgumentGroup(true, members);
  }

  /** Options that need those of them that are required. */
  public static ArgumentGroup together(GroupMember... members) {
    return new ArgumentGroup(false, members);
  }

  @Override
  public void addTo(Syntax command) {
    command.spec().addArgGroup(spec());
  }

  @Override
  public void addTo(ArgGroupSpec.Builder group) {
    group.addSubgroup(spec());
  }

  private ArgGroupSpec spec() {
    ArgGroupSpec.Builder group = ArgGroupSpec.builder().exclusive(exclusive);
    members.forEach(member -> member.addTo(group));
    return group.build();
  }
}
