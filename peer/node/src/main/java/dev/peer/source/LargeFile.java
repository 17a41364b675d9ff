package dev.peer.source;

import dev.peer.core.id.Printable;
import dev.peer.core.record.Content;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A file of a revision that Git LFS keeps, and that is not empty.
 *
 * @param path in the guest's work tree
 * @param submodule the path of the submodule that it is in; empty: of none
 * @param content as its pointer names it
 * @param place the file with the content, if it is on this machine
 */
public record LargeFile(String path, String submodule, Content content, Optional<Path> place) {

  private static final int MOST_NAMES = 5;

  /** Refuses files whose content is not here: the guest never gets a pointer in their place. */
  public static void requireHere(List<LargeFile> files) throws SourceException {
    Optional<LargeFile> first = files.stream().filter(file -> file.place().isEmpty()).findFirst();
    if (first.isEmpty()) {
      return;
    }
    String submodule = first.get().submodule();
    List<String> missing =
        files.stream()
            .filter(file -> file.place().isEmpty() && file.submodule().equals(submodule))
            .map(file -> Printable.of(file.path()))
            .toList();
    int more = missing.size() - MOST_NAMES;
    throw new SourceException(
        "Git LFS keeps files of the revision whose content is not here: "
            + missing.stream().limit(MOST_NAMES).collect(Collectors.joining(", "))
            + (more > 0 ? " and " + more + " more" : ""),
        "`git lfs fetch` gets it"
            + (submodule.isEmpty() ? "" : ", called in the submodule " + submodule));
  }
}
