package dev.peer.source;

import dev.peer.core.path.PathSelection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;

/**
 * Makes the git tree of those entries of another that a selection has, without the others and
 * without directories that would be empty.
 *
 * <p>Some files shape the others, or the run, and are always there: the {@code mkfile}, the {@code
 * .gitattributes} of each directory that is there, and {@code .gitmodules} if a submodule is.
 */
final class SelectedTree {

  private static final String MKFILE = "mkfile";

  private final ObjectReader objects;
  private final PathSelection selection;
  private final MadeTrees made;
  private int files;
  private int selected;
  private int submodules;

  /**
   * @param made gets the trees that differ from the repository's
   */
  SelectedTree(ObjectReader objects, PathSelection selection, MadeTrees made) {
    this.objects = objects;
    this.selection = selection;
    this.made = made;
  }

  private record Entry(byte[] name, int mode, ObjectId id) {

    boolean isTree() {
      return (mode & FileMode.TYPE_MASK) == FileMode.TYPE_TREE;
    }

    boolean isSubmodule() {
      return (mode & FileMode.TYPE_MASK) == FileMode.TYPE_GITLINK;
    }

    boolean isFile(String wanted) {
      return !isTree()
          && !isSubmodule()
          && new String(name, StandardCharsets.ISO_8859_1).equals(wanted);
    }

    void writeTo(ByteArrayOutputStream tree) throws IOException {
      tree.write((Integer.toOctalString(mode) + " ").getBytes(StandardCharsets.US_ASCII));
      tree.write(name);
      tree.write(0);
      id.copyRawTo(tree);
    }
  }

  /** The id of the tree that is made of this one. */
  ObjectId of(ObjectId tree) throws IOException {
    if (tree.equals(Constants.EMPTY_TREE_ID)) {
      return tree;
    }
    return select(tree, new byte[0], true).orElse(Constants.EMPTY_TREE_ID);
  }

  /** How many files and submodules there were. */
  int files() {
    return files;
  }

  /** How many of them the tree has. */
  int selected() {
    return selected;
  }

  private Optional<ObjectId> select(ObjectId tree, byte[] prefix, boolean root) throws IOException {
    List<Entry> entries = new ArrayList<>();
    List<Optional<Entry>> kept = new ArrayList<>();
    CanonicalTreeParser parser = new CanonicalTreeParser(null, objects, tree);
    for (; !parser.eof(); parser.next(1)) {
      byte[] name = new byte[parser.getNameLength()];
      parser.getName(name, 0);
      Entry entry = new Entry(name, parser.getEntryRawMode(), parser.getEntryObjectId());
      entries.add(entry);
      kept.add(select(entry, CheckedOutTree.joined(prefix, name)));
    }
    if (root) {
      keep(entries, kept, MKFILE);
      if (submodules > 0) {
        keep(entries, kept, Constants.DOT_GIT_MODULES);
      }
    }
    if (kept.stream().allMatch(Optional::isEmpty)) {
      return Optional.empty();
    }
    keep(entries, kept, Constants.DOT_GIT_ATTRIBUTES);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (Optional<Entry> entry : kept) {
      if (entry.isPresent()) {
        entry.get().writeTo(content);
      }
    }
    return Optional.of(stored(tree, entries, kept, content.toByteArray()));
  }

  private Optional<Entry> select(Entry entry, byte[] path) throws IOException {
    if (entry.isTree()) {
      return select(entry.id(), CheckedOutTree.joined(path, new byte[] {'/'}), false)
          .map(id -> new Entry(entry.name(), entry.mode(), id));
    }
    files++;
    if (!selection.selects(path, entry.isSubmodule())) {
      return Optional.empty();
    }
    selected++;
    submodules += entry.isSubmodule() ? 1 : 0;
    return Optional.of(entry);
  }

  private void keep(List<Entry> entries, List<Optional<Entry>> kept, String name) {
    for (int i = 0; i < entries.size(); i++) {
      if (kept.get(i).isEmpty() && entries.get(i).isFile(name)) {
        kept.set(i, Optional.of(entries.get(i)));
        selected++;
      }
    }
  }

  private ObjectId stored(
      ObjectId tree, List<Entry> entries, List<Optional<Entry>> kept, byte[] content) {
    boolean whole = true;
    for (int i = 0; i < entries.size(); i++) {
      ObjectId id = entries.get(i).id();
      whole &= kept.get(i).filter(entry -> entry.id().equals(id)).isPresent();
    }
    if (whole) {
      return tree;
    }
    try (ObjectInserter.Formatter formatter = new ObjectInserter.Formatter()) {
      ObjectId id = formatter.idFor(Constants.OBJ_TREE, content);
      made.add(id, content);
      return id;
    }
  }
}
