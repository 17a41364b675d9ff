import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.ToolProvider;

/**
 * Prints figures of the main sources below a directory: files in a package, lines in a file,
 * parameters in a list, dependencies that close a circle, type names that are participles, and
 * names that two packages give to types.
 *
 * <p>{@code java .ci/Structure.java [DIRECTORY]}, with a JDK 25.
 */
class Structure {

  private static final int MOST_PARAMETERS = 6;

  private static final Pattern PARTICIPLE =
      Pattern.compile(
          "(.*[a-z]ed|.*[a-z]ing"
              + "|.*(Given|Gone|Held|Hidden|Kept|Known|Left|Lent|Made|Seen|Shown|Sent|Taken|Told|Unknown|Written))");

  /** Names end with these in the field, which only look like participles. */
  private static final Pattern NOUN =
      Pattern.compile(".*(Encoding|Feed|Finding|Setting|Spelling|Timing)");

  /** Lists that stay as long as what they are about, and why. */
  private static final Map<String, String> LONG_LISTS =
      Map.of(
          "RunInputs", "the document that the run key is computed over, field by field",
          "RunRecord", "the document that a signature is about, field by field");

  /** A top-level type's file. */
  private record Source(
      String packageName, String name, int lines, Set<String> imports, Set<String> words) {

    String qualifiedName() {
      return packageName + "." + name;
    }
  }

  private record Signature(String owner, String name, int parameters) {}

  /** A participle, with the names of the types around it and above it. */
  private record TypeName(String name, Set<String> parents) {}

  private final List<Source> sources = new ArrayList<>();
  private final List<Signature> signatures = new ArrayList<>();
  private final Set<String> sealedTypes = new HashSet<>();
  private final List<TypeName> participles = new ArrayList<>();

  public static void main(String[] arguments) throws IOException {
    Path root = Path.of(arguments.length > 0 ? arguments[0] : ".");
    Structure structure = new Structure();
    structure.read(root);
    structure.print();
  }

  private void read(Path root) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(root)) {
      files =
          all.filter(path -> path.toString().matches(".*/src/main/java/.*\\.java"))
              .filter(path -> !path.endsWith("package-info.java"))
              .sorted()
              .toList();
    }
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var manager = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, manager, null, null, null, manager.getJavaFileObjectsFromPaths(files));
      for (CompilationUnitTree unit : task.parse()) {
        add(unit);
      }
    }
  }

  private static TypeName typeName(ClassTree type, List<String> around) {
    Set<String> parents =
        new HashSet<>(around.subList(Math.max(0, around.size() - 1), around.size()));
    Stream.concat(type.getImplementsClause().stream(), Stream.ofNullable(type.getExtendsClause()))
        .map(parent -> parent.toString().replaceAll("<.*", "").replaceAll(".*\\.", ""))
        .forEach(parents::add);
    return new TypeName(type.getSimpleName().toString(), parents);
  }

  private void add(CompilationUnitTree unit) throws IOException {
    Path path = Path.of(unit.getSourceFile().toUri());
    String name = path.getFileName().toString().replace(".java", "");
    Set<String> words = new HashSet<>();
    new TreeScanner<Void, String>() {

      private final List<String> around = new ArrayList<>();

      @Override
      public Void visitClass(ClassTree type, String owner) {
        String typeName = type.getSimpleName().toString();
        if (type.getModifiers().getFlags().contains(Modifier.SEALED)) {
          sealedTypes.add(typeName);
        }
        if (PARTICIPLE.matcher(typeName).matches()) {
          participles.add(typeName(type, around));
        }
        if (type.getKind() == Tree.Kind.RECORD) {
          long components =
              type.getMembers().stream()
                  .filter(member -> member.getKind() == Tree.Kind.VARIABLE)
                  .filter(member -> isComponent(member.toString()))
                  .count();
          signatures.add(new Signature(owner, "record " + typeName, (int) components));
        }
        around.add(typeName);
        super.visitClass(type, owner);
        around.removeLast();
        return null;
      }

      @Override
      public Void visitMethod(MethodTree method, String owner) {
        signatures.add(
            new Signature(owner, method.getName().toString(), method.getParameters().size()));
        return super.visitMethod(method, owner);
      }

      @Override
      public Void visitIdentifier(IdentifierTree identifier, String owner) {
        words.add(identifier.getName().toString());
        return super.visitIdentifier(identifier, owner);
      }
    }.scan(unit.getTypeDecls(), name);
    Set<String> imports =
        unit.getImports().stream()
            .map(ImportTree::getQualifiedIdentifier)
            .map(Tree::toString)
            .collect(Collectors.toSet());
    int lines = (int) unit.getSourceFile().getCharContent(true).toString().lines().count();
    sources.add(new Source(unit.getPackageName().toString(), name, lines, imports, words));
  }

  /** The compiler keeps a record's components as private final fields that are not static. */
  private static boolean isComponent(String field) {
    return !field.contains("static ");
  }

  private void print() {
    Map<String, List<Source>> packages =
        sources.stream()
            .collect(Collectors.groupingBy(Source::packageName, TreeMap::new, Collectors.toList()));
    System.out.printf("files    %5d, in %d packages%n", sources.size(), packages.size());
    System.out.println(
        "files in a package    " + spread(packages.values().stream().map(List::size).toList()));
    System.out.println(
        "lines in a file       " + spread(sources.stream().map(Source::lines).toList()));
    for (int bound : List.of(300, 400)) {
      System.out.printf(
          "files over %d lines: %s%n",
          bound,
          sources.stream()
              .filter(source -> source.lines() > bound)
              .map(Source::name)
              .sorted()
              .toList());
    }
    System.out.println(
        "parameters in a list  " + spread(signatures.stream().map(Signature::parameters).toList()));
    signatures.stream()
        .filter(signature -> signature.parameters() > MOST_PARAMETERS)
        .forEach(
            signature ->
                System.out.printf(
                    "  %d: %s in %s%s%n",
                    signature.parameters(),
                    signature.name(),
                    signature.owner(),
                    LONG_LISTS.containsKey(signature.owner())
                        ? " (" + LONG_LISTS.get(signature.owner()) + ")"
                        : ""));
    Map<String, Set<String>> files = dependencies();
    System.out.println("dependencies that close a circle");
    System.out.println("  of packages: " + closing(byPackage(files)));
    List<String> closing = closing(files);
    System.out.printf("  of files: %d%n", closing.size());
    closing.stream()
        .collect(
            Collectors.groupingBy(
                arrow -> arrow.substring(0, arrow.indexOf(' ')).replaceAll("\\.[A-Z]\\w*$", ""),
                TreeMap::new,
                Collectors.counting()))
        .forEach((packageName, count) -> System.out.printf("    %s: %d%n", packageName, count));
    printParticiples();
    System.out.println("names that two packages give to types");
    sources.stream()
        .collect(
            Collectors.groupingBy(
                Source::name,
                TreeMap::new,
                Collectors.mapping(Source::packageName, Collectors.toList())))
        .forEach(
            (name, owners) -> {
              if (owners.size() > 1) {
                System.out.printf("  %s: %s%n", name, String.join(", ", owners));
              }
            });
  }

  private void printParticiples() {
    Map<String, Set<String>> byReason = new TreeMap<>();
    for (TypeName type : participles) {
      String reason =
          NOUN.matcher(type.name()).matches()
              ? "a noun"
              : type.parents().stream().anyMatch(sealedTypes::contains)
                  ? "a case of a sealed type, which names a state"
                  : "";
      byReason.computeIfAbsent(reason, _ -> new TreeSet<>()).add(type.name());
    }
    Set<String> left = byReason.getOrDefault("", Set.of());
    System.out.printf("names that are participles: %d%n", left.size());
    left.forEach(name -> System.out.println("  " + name));
    byReason.remove("");
    byReason.forEach(
        (reason, names) -> System.out.printf("  %s: %s%n", reason, String.join(", ", names)));
  }

  private static String spread(List<Integer> figures) {
    List<Integer> sorted = figures.stream().sorted().toList();
    return "median %d, p90 %d, max %d"
        .formatted(
            sorted.get(sorted.size() / 2), sorted.get(sorted.size() * 9 / 10), sorted.getLast());
  }

  private Map<String, Set<String>> dependencies() {
    Map<String, Set<String>> names = new HashMap<>();
    sources.forEach(
        source ->
            names.computeIfAbsent(source.packageName(), _ -> new HashSet<>()).add(source.name()));
    Map<String, Set<String>> dependencies = new TreeMap<>();
    for (Source source : sources) {
      Set<String> used = new TreeSet<>();
      for (String imported : source.imports()) {
        for (String type = imported;
            type.contains(".");
            type = type.substring(0, type.lastIndexOf('.'))) {
          int dot = type.lastIndexOf('.');
          if (names
              .getOrDefault(type.substring(0, dot), Set.of())
              .contains(type.substring(dot + 1))) {
            used.add(type);
          }
        }
      }
      names.get(source.packageName()).stream()
          .filter(source.words()::contains)
          .map(name -> source.packageName() + "." + name)
          .forEach(used::add);
      used.remove(source.qualifiedName());
      dependencies.put(source.qualifiedName(), used);
    }
    return dependencies;
  }

  private static Map<String, Set<String>> byPackage(Map<String, Set<String>> files) {
    Map<String, Set<String>> packages = new TreeMap<>();
    files.forEach(
        (file, used) -> {
          String from = file.substring(0, file.lastIndexOf('.'));
          Set<String> to = packages.computeIfAbsent(from, _ -> new TreeSet<>());
          used.stream().map(name -> name.substring(0, name.lastIndexOf('.'))).forEach(to::add);
          to.remove(from);
        });
    return packages;
  }

  /** The arrows that lead back to where a walk in the order of names came from. */
  private static List<String> closing(Map<String, Set<String>> graph) {
    List<String> closing = new ArrayList<>();
    Set<String> done = new HashSet<>();
    Set<String> open = new HashSet<>();
    graph.keySet().forEach(node -> walk(node, graph, open, done, closing));
    return closing;
  }

  private static void walk(
      String node,
      Map<String, Set<String>> graph,
      Set<String> open,
      Set<String> done,
      List<String> closing) {
    if (!done.add(node)) {
      return;
    }
    open.add(node);
    for (String next : graph.getOrDefault(node, Set.of())) {
      if (open.contains(next)) {
        closing.add(node + " -> " + next);
      } else {
        walk(next, graph, open, done, closing);
      }
    }
    open.remove(node);
  }
}
