package dev.peer.source;

import dev.peer.core.id.Printable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.treewalk.TreeWalk;

/** Reads single files of a git tree. */
final class TreeFiles {

  private static final int MOST_LINKS = 8;
  private static final int LONGEST_LINK = 4096;

  private final ObjectReader objects;
  private final ObjectId tree;

  TreeFiles(ObjectReader objects, ObjectId tree) {
    this.objects = objects;
    this.tree = tree;
  }

  /** The file's bytes, links followed within the tree; empty where the tree has no such file. */
  Optional<byte[]> read(String path, int maxBytes) throws IOException, SourceException {
    String at = path;
    for (int links = 0; links <= MOST_LINKS; links++) {
      Optional<Entry> entry = entry(at);
      if (entry.isEmpty()) {
        return Optional.empty();
      }
      if (!entry.get().isLink()) {
        return Optional.of(bytes(path, entry.get(), maxBytes));
      }
      at = target(at, new String(bytes(at, entry.get(), LONGEST_LINK), StandardCharsets.UTF_8));
      if (at == null) {
        return Optional.empty();
      }
    }
    throw new SourceException(
        Printable.of(path) + " is a symbolic link to a symbolic link, and so on",
        "commit the file itself");
  }

  private record Entry(ObjectId id, boolean isLink) {}

  private Optional<Entry> entry(String path) throws IOException {
    // TreeWalk takes an empty path for a programming error.
    if (path.isEmpty() || tree.equals(Constants.EMPTY_TREE_ID)) {
      return Optional.empty();
    }
    try (TreeWalk walk = TreeWalk.forPath(objects, path, tree)) {
      if (walk == null) {
        return Optional.empty();
      }
      boolean link = FileMode.SYMLINK.equals(walk.getRawMode(0));
      boolean file = (walk.getRawMode(0) & FileMode.TYPE_MASK) == FileMode.TYPE_FILE;
      return link || file ? Optional.of(new Entry(walk.getObjectId(0), link)) : Optional.empty();
    }
  }

  private byte[] bytes(String path, Entry entry, int maxBytes) throws IOException, SourceException {
    ObjectLoader blob = objects.open(entry.id(), Constants.OBJ_BLOB);
    if (blob.getSize() > maxBytes) {
      throw new SourceException(
          Printable.of(path)
              + " has "
              + blob.getSize()
              + " bytes in this revision; at most "
              + maxBytes
              + " are read",
          "make the file shorter");
    }
    return blob.getCachedBytes(maxBytes);
  }

  /** Where the link at {@code path} leads, or null where that is outside of the tree. */
  private static String target(String path, String link) throws CorruptObjectException {
    if (link.indexOf('\0') >= 0) {
      throw new CorruptObjectException("a symbolic link with a NUL");
    }
    String joined = path.substring(0, path.lastIndexOf('/') + 1) + link;
    Deque<String> parts = new ArrayDeque<>();
    for (String part : joined.split("/")) {
      if (part.equals("..") && parts.pollLast() == null) {
        return null;
      }
      if (!part.isEmpty() && !part.equals(".") && !part.equals("..")) {
        parts.add(part);
      }
    }
    return link.startsWith("/") ? null : String.join("/", parts);
  }
}
