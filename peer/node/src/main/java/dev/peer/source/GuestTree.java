package dev.peer.source;

import dev.peer.core.flow.GuestDirectory;
import dev.peer.core.flow.GuestDirectory.Content;
import dev.peer.core.flow.GuestDirectory.Mode;
import dev.peer.core.key.CheckoutMode;
import dev.peer.lfs.ObjectDirectory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.zip.DeflaterOutputStream;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;

/**
 * Writes the files that take a revision, a {@link GuestSource}, into the guest:
 *
 * <ul>
 *   <li>{@code tree/...}: the work tree, its submodules in their places
 *   <li>{@code tree/.git/...}: the repository, with one commit on its branch {@code main}; {@code
 *       tree/PATH/.git/...}: each submodule in the same form, with the commit that its parent's
 *       tree names
 *   <li>{@code submodules}: their paths, one a line, parents first
 *   <li>{@code conversions}: an empty file, there if attributes may make the content of files
 *       another one than their objects', which is left to the guest's git
 * </ul>
 *
 * <p>The one commit is, for {@link CheckoutMode#COMMIT} and for submodules, the real one, its
 * parents cut off by a {@code shallow} file; for {@link CheckoutMode#HISTORY} the real one with its
 * ancestors, their tags and trees, but no file that only an older tree has; for {@link
 * CheckoutMode#TREE} a commit made from the tree's id alone. Only what that commit's tree reaches
 * is there. A submodule is what the tree's {@code .gitmodules} names, unless with {@code update =
 * none}; any other gitlink is an empty directory, as in a fresh clone. So the tree decides whether
 * a submodule is there, never the state of this machine. A file that Git LFS keeps is its content;
 * git in the guest has its pointer and calls it unchanged. All files were changed now: what a cache
 * kept is older.
 */
final class GuestTree {

  private static final String BRANCH = "main";

  private static final String CONFIG =
      """
      [core]
      \trepositoryformatversion = 0
      \tfilemode = true
      \tbare = false
      """;

  private final Path scratch;
  private final Instant modified;
  private final Optional<ObjectDirectory> kept;

  /**
   * @param scratch for the packs while they are made
   * @param modified of all files
   * @param kept has contents of Git LFS that a clone's store lacks
   */
  GuestTree(Path scratch, Instant modified, Optional<ObjectDirectory> kept) {
    this.scratch = scratch;
    this.modified = modified;
    this.kept = kept;
  }

  void write(GuestSource source, GuestDirectory root) throws IOException, SourceException {
    boolean converted = false;
    Map<String, GuestDirectory> tops = new HashMap<>();
    tops.put("", directory(root, "tree"));
    for (GuestSource.Part part : source.parts()) {
      GuestDirectory top = tops.get(part.path());
      try {
        CheckedOutTree tree = new CheckedOutTree(part, modified, kept, tops);
        tree.write(top);
        converted |= tree.hasConversions();
        repository(directory(top, Constants.DOT_GIT), part, tree.index());
      } catch (MissingObjectException e) {
        throw new PromisedObjects(part.git()).missing(e.getObjectId());
      }
    }
    file(
        root,
        "submodules",
        source.parts().stream()
            .skip(1)
            .map(part -> part.path() + "\n")
            .collect(Collectors.joining()));
    if (converted) {
      file(root, "conversions", "");
    }
  }

  private void repository(GuestDirectory git, GuestSource.Part part, byte[] index)
      throws IOException {
    GuestSource.OneCommit commit = part.commit();
    file(git, "HEAD", "ref: refs/heads/" + BRANCH + "\n");
    file(git, "config", CONFIG);
    GuestDirectory refs = directory(git, "refs");
    file(directory(refs, "heads"), BRANCH, commit.id().name() + "\n");
    directory(refs, "tags");
    if (part.tags().isPresent()) {
      file(git, "packed-refs", part.tags().get().packedRefs());
    } else if (commit.hasParents()) {
      file(git, "shallow", commit.id().name() + "\n");
    }
    GuestDirectory objects = directory(git, "objects");
    directory(objects, "info");
    GuestDirectory packs = directory(objects, "pack");
    Map<String, GuestDirectory> fans = new HashMap<>();
    loose(objects, fans, commit.id(), "commit", commit.bytes());
    if (commit.tree().equals(Constants.EMPTY_TREE_ID)) {
      // git knows the empty tree without storing it, so it may be nowhere to be read from.
      loose(objects, fans, commit.tree(), "tree", new byte[0]);
    } else {
      for (ObjectId made : pack(packs, part)) {
        loose(objects, fans, made, "tree", part.made().tree(made));
      }
    }
    // git looks again at each file that is not older than the index.
    git.file(bytes("index"), Mode.PLAIN, modified.plusSeconds(1), out -> out.write(index));
  }

  private void loose(
      GuestDirectory objects,
      Map<String, GuestDirectory> fans,
      ObjectId id,
      String type,
      byte[] content)
      throws IOException {
    String fan = id.name().substring(0, 2);
    if (!fans.containsKey(fan)) {
      fans.put(fan, directory(objects, fan));
    }
    ByteArrayOutputStream object = new ByteArrayOutputStream();
    try (OutputStream deflated = new DeflaterOutputStream(object)) {
      deflated.write(bytes(type + " " + content.length + "\0"));
      deflated.write(content);
    }
    file(fans.get(fan), id.name().substring(2), object::writeTo);
  }

  /** Packs what the repository has; returns the trees that it does not have. */
  private List<ObjectId> pack(GuestDirectory packs, GuestSource.Part part) throws IOException {
    try (TreePack pack = TreePack.write(part, scratch)) {
      file(packs, "pack-" + pack.name() + ".pack", out -> Files.copy(pack.pack(), out));
      file(packs, "pack-" + pack.name() + ".idx", out -> Files.copy(pack.index(), out));
      return pack.left();
    }
  }

  private GuestDirectory directory(GuestDirectory in, String name) throws IOException {
    return in.directory(bytes(name), modified);
  }

  private void file(GuestDirectory in, String name, String content) throws IOException {
    in.file(bytes(name), Mode.PLAIN, modified, out -> out.write(bytes(content)));
  }

  /** A file of git's objects, which nobody changes. */
  private void file(GuestDirectory in, String name, Content content) throws IOException {
    in.file(bytes(name), Mode.READ_ONLY, modified, content);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
