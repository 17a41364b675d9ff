package dev.peer.source;

import dev.peer.source.command.Answer;
import dev.peer.source.command.GitCommand;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectIdRef;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefDatabase;
import org.eclipse.jgit.lib.RefRename;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.ReflogReader;
import org.eclipse.jgit.lib.SymbolicRef;

/** The refs of a repository, read only: each is as git says when it is asked. */
final class PlumbedRefs extends RefDatabase {

  /** The id and, of an annotated tag, the id of what it names; of a symbolic ref, its target. */
  private static final String FORMAT = "--format=%(objectname) %(*objectname) %(symref) %(refname)";

  private final GitCommand git;

  PlumbedRefs(GitCommand git) {
    this.git = git;
  }

  @Override
  public Ref exactRef(String name) throws IOException {
    ObjectId id =
        said("show-ref", "--verify", "--hash", name).map(ObjectId::fromString).orElse(null);
    Optional<String> target = said("symbolic-ref", "--quiet", name);
    if (target.isPresent()) {
      return new SymbolicRef(name, plain(target.get(), id));
    }
    return id == null ? null : plain(name, id);
  }

  private static Ref plain(String name, ObjectId id) {
    return new ObjectIdRef.Unpeeled(id == null ? Ref.Storage.NEW : Ref.Storage.LOOSE, name, id);
  }

  /** What git says, or nothing where it does not know the name. */
  private Optional<String> said(String... question) throws IOException {
    return switch (git.ask(question)) {
      case Answer.Said(String text) -> Optional.of(text.strip());
      case Answer.Failed _ -> Optional.empty();
      case Answer.NotThere _ -> throw new IOException("there is no git on the PATH");
    };
  }

  @Override
  public void close() {
    // Nothing is held.
  }

  @Override
  public void create() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isNameConflicting(String name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public RefUpdate newUpdate(String name, boolean detach) {
    throw new UnsupportedOperationException();
  }

  @Override
  public RefRename newRename(String from, String to) {
    throw new UnsupportedOperationException();
  }

  /** As JGit has it: the names are without the prefix. */
  @Override
  @Deprecated
  public Map<String, Ref> getRefs(String prefix) throws IOException {
    Map<String, Ref> refs = new TreeMap<>();
    List<String> question = new ArrayList<>(List.of("for-each-ref", FORMAT));
    if (!prefix.isEmpty()) {
      question.add(prefix);
    }
    for (String line : said(question.toArray(String[]::new)).orElse("").lines().toList()) {
      Ref ref = listed(line.split(" ", -1));
      refs.put(ref.getName().substring(prefix.length()), ref);
    }
    return refs;
  }

  private static Ref listed(String[] fields) {
    ObjectId id = ObjectId.fromString(fields[0]);
    String name = fields[3];
    Ref leaf =
        fields[1].isEmpty()
            ? new ObjectIdRef.PeeledNonTag(Ref.Storage.LOOSE, name, id)
            : new ObjectIdRef.PeeledTag(
                Ref.Storage.LOOSE, name, id, ObjectId.fromString(fields[1]));
    return fields[2].isEmpty() ? leaf : new SymbolicRef(name, plain(fields[2], id));
  }

  @Override
  public List<Ref> getAdditionalRefs() {
    return List.of();
  }

  @Override
  public Ref peel(Ref ref) throws IOException {
    if (ref.isPeeled() || ref.getObjectId() == null) {
      return ref;
    }
    ObjectId id = ref.getObjectId();
    Optional<ObjectId> peeled =
        said("rev-parse", "--verify", "--quiet", id.name() + "^{}").map(ObjectId::fromString);
    return peeled.filter(named -> !named.equals(id)).isPresent()
        ? new ObjectIdRef.PeeledTag(ref.getStorage(), ref.getName(), id, peeled.get())
        : new ObjectIdRef.PeeledNonTag(ref.getStorage(), ref.getName(), id);
  }

  @Override
  public ReflogReader getReflogReader(Ref ref) {
    throw new UnsupportedOperationException();
  }
}
