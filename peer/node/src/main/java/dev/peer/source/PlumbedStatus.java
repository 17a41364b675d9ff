package dev.peer.source;

import dev.peer.core.id.Printable;
import dev.peer.source.command.Answer;
import dev.peer.source.command.GitCommand;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What git says of a work tree whose index JGit does not read.
 *
 * @param changed paths that differ between {@code HEAD}, index and work tree; a submodule by its
 *     commit alone
 * @param untracked files that git does not know, and does not ignore
 * @param submodules the paths at which the index has submodules
 */
record PlumbedStatus(List<String> changed, List<String> untracked, List<String> submodules) {

  private static final String UNTRACKED = "? ";
  private static final String CONFLICT = "u ";
  private static final String GITLINK = "160000 ";

  /** Asks git in the work tree. A filter is a command, and none is run. */
  static PlumbedStatus of(GitCommand git) throws IOException, SourceException {
    List<String> status = new ArrayList<>();
    for (String filter : filters(git)) {
      for (String none : List.of("clean=", "smudge=", "process=", "required=false")) {
        status.addAll(List.of("-c", filter + "." + none));
      }
    }
    status.addAll(
        List.of(
            "status",
            "--porcelain=v2",
            "-z",
            "--no-renames",
            "--untracked-files=all",
            "--ignore-submodules=dirty"));
    List<String> lines = records(git.ask(status));
    return new PlumbedStatus(
        lines.stream()
            .filter(line -> !line.startsWith(UNTRACKED))
            .map(PlumbedStatus::path)
            .toList(),
        lines.stream()
            .filter(line -> line.startsWith(UNTRACKED))
            .map(line -> line.substring(UNTRACKED.length()))
            .toList(),
        records(git.ask("ls-files", "--stage", "-z")).stream()
            .filter(line -> line.startsWith(GITLINK))
            .map(line -> line.substring(line.indexOf('\t') + 1))
            .toList());
  }

  /** Such as {@code filter.lfs}. */
  private static Set<String> filters(GitCommand git) throws IOException, SourceException {
    // It fails where there are none, and status fails for any other reason.
    Answer answer = git.ask("config", "-z", "--name-only", "--get-regexp", "^filter[.]");
    Set<String> filters = new TreeSet<>();
    if (answer instanceof Answer.Said) {
      for (String name : records(answer)) {
        filters.add(name.substring(0, name.lastIndexOf('.')));
      }
    }
    if (filters.stream().anyMatch(name -> name.contains("="))) {
      throw untold("git's configuration has a filter whose name has an =");
    }
    return filters;
  }

  /** The last field of a line, which may hold blanks. */
  private static String path(String line) {
    String[] fields = line.split(" ", line.startsWith(CONFLICT) ? 11 : 9);
    return fields[fields.length - 1];
  }

  private static List<String> records(Answer answer) throws SourceException {
    return switch (answer) {
      case Answer.Said(String text) ->
          Stream.of(text.split("\0")).filter(record -> !record.isEmpty()).toList();
      case Answer.Failed(String words) ->
          throw untold("git says: " + Printable.plain(GitCommand.sentence(words)));
      case Answer.NotThere _ ->
          throw untold("only git itself reads this index, and there is no git on the PATH");
    };
  }

  private static SourceException untold(String why) {
    return new SourceException(
        "cannot tell what is not committed: " + why,
        "see `git status`; peer tests only what is committed");
  }
}
