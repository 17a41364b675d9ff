package dev.peer.source;

import dev.peer.core.flow.GuestDirectory;
import dev.peer.core.flow.GuestDirectory.Entry;
import dev.peer.core.flow.GuestDirectory.Mode;
import dev.peer.core.id.Printable;
import dev.peer.lfs.ObjectDirectory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectChecker;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.eclipse.jgit.util.RawParseUtils;

/**
 * One repository's work tree as git and git-lfs check it out, but for what {@code .gitattributes}
 * say of its files' content: the guest's git does that, where {@link #hasConversions} says that it
 * may.
 */
final class CheckedOutTree {

  /**
   * Parts of the attributes by which a file differs from its object. A macro's line has them too.
   */
  private static final List<String> CONVERTING = List.of("eol", "ident", "encoding");

  private static final int LONGEST_PATH = 4095;
  private static final byte[] ATTRIBUTES = ".gitattributes".getBytes(StandardCharsets.US_ASCII);

  private final GuestSource.Part part;
  private final Instant modified;
  private final Map<String, GuestDirectory> gitlinks;
  private final ObjectChecker checker = new ObjectChecker();
  private final LargeFiles large;
  private final IndexFile index = new IndexFile();
  private boolean conversions;

  /**
   * @param modified of all files
   * @param kept has contents of Git LFS that the clone's store lacks
   * @param gitlinks gets the directory of each, by its path in the guest
   */
  CheckedOutTree(
      GuestSource.Part part,
      Instant modified,
      Optional<ObjectDirectory> kept,
      Map<String, GuestDirectory> gitlinks)
      throws IOException, SourceException {
    this.part = part;
    this.modified = modified;
    this.gitlinks = gitlinks;
    this.large = LargeFiles.in(part, kept);
  }

  /** Writes all files but {@code .git}. */
  void write(GuestDirectory top) throws IOException, SourceException {
    LargeFile.requireHere(large.list());
    ObjectId tree = part.commit().tree();
    if (tree.equals(Constants.EMPTY_TREE_ID)) {
      return;
    }
    try (ObjectReader objects = part.newObjectReader()) {
      write(objects, tree, new byte[0], top);
    } catch (CorruptObjectException e) {
      throw new SourceException(
          "git does not check this revision out: " + Printable.plain(e.getMessage()),
          "see `git fsck`",
          e);
    } catch (ObjectDirectory.DamagedException e) {
      throw new SourceException(
          "the file of Git LFS " + Printable.plain(e.getMessage()),
          "in a clone, `git lfs fsck` removes it and `git lfs fetch` gets it again; below"
              + " PEER_HOME, `peer cache drop` removes it",
          e);
    }
  }

  private void write(ObjectReader objects, ObjectId tree, byte[] prefix, GuestDirectory directory)
      throws IOException {
    CanonicalTreeParser entries = new CanonicalTreeParser(null, objects, tree);
    for (; !entries.eof(); entries.next(1)) {
      byte[] name = new byte[entries.getNameLength()];
      entries.getName(name, 0);
      checker.checkPathSegment(name, 0, name.length);
      byte[] path = joined(prefix, name);
      ObjectId id = entries.getEntryObjectId();
      switch (entries.getEntryRawMode() & FileMode.TYPE_MASK) {
        case FileMode.TYPE_TREE ->
            write(objects, id, joined(path, new byte[] {'/'}), directory.directory(name, modified));
        case FileMode.TYPE_GITLINK -> {
          gitlinks.put(pathInGuest(path), directory.directory(name, modified));
          index.add(path, FileMode.TYPE_GITLINK, id, new Entry(0, 0));
        }
        case FileMode.TYPE_SYMLINK -> {
          Entry made = directory.link(name, target(objects.open(id, Constants.OBJ_BLOB)), modified);
          index.add(path, FileMode.TYPE_SYMLINK, id, made);
        }
        case FileMode.TYPE_FILE -> {
          Mode mode = (entries.getEntryRawMode() & 0100) != 0 ? Mode.EXECUTABLE : Mode.PLAIN;
          ObjectLoader blob = objects.open(id, Constants.OBJ_BLOB);
          Entry made = directory.file(name, mode, modified, large.content(path, blob));
          index.add(path, FileMode.TYPE_FILE | mode.bits(), id, made);
          conversions |= Arrays.equals(name, ATTRIBUTES) && converts(blob);
        }
        default ->
            throw new CorruptObjectException("the mode of " + Printable.of(pathInGuest(path)));
      }
    }
  }

  private static byte[] target(ObjectLoader link) throws CorruptObjectException {
    if (link.getSize() > LONGEST_PATH) {
      throw new CorruptObjectException("a symbolic link of more than " + LONGEST_PATH + " bytes");
    }
    return link.getCachedBytes();
  }

  private static boolean converts(ObjectLoader attributes) throws IOException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    attributes.copyTo(content);
    String text = content.toString(StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    return CONVERTING.stream().anyMatch(text::contains);
  }

  /** A path and a name below it. */
  static byte[] joined(byte[] prefix, byte[] name) throws CorruptObjectException {
    if (prefix.length + name.length > LONGEST_PATH) {
      throw new CorruptObjectException("a path of more than " + LONGEST_PATH + " bytes");
    }
    byte[] path = Arrays.copyOf(prefix, prefix.length + name.length);
    System.arraycopy(name, 0, path, prefix.length, name.length);
    return path;
  }

  private String pathInGuest(byte[] path) {
    return part.inGuest(RawParseUtils.decode(path));
  }

  /** Whether the content of files may differ from their objects'. */
  boolean hasConversions() {
    return conversions;
  }

  /** The index that git would have written, once the files are. */
  byte[] index() {
    return index.bytes(modified);
  }
}
