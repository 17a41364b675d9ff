package dev.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The links of documents to other files beside them, and to places in those. */
public final class Links {

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

  private Links() {}

  /** The documents below a directory, but for what builds have made. */
  public static List<Path> documents(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root, 4)) {
      return files
          .filter(file -> file.toString().endsWith(".md"))
          .filter(file -> !("/" + root.relativize(file)).matches(".*/(target|node_modules)/.*"))
          .sorted()
          .toList();
    }
  }

  /** The links of these that lead nowhere, each with its document. */
  public static Set<String> broken(List<Path> documents) throws IOException {
    Set<String> broken = new TreeSet<>();
    for (Path document : documents) {
      for (String target : linksOf(document)) {
        if (!leadsSomewhere(document, target)) {
          broken.add(document + ": " + target);
        }
      }
    }
    return broken;
  }

  private static List<String> linksOf(Path document) throws IOException {
    return LINK.matcher(Files.readString(document))
        .results()
        .map(found -> found.group(1))
        .filter(target -> !target.contains("://"))
        .toList();
  }

  private static boolean leadsSomewhere(Path document, String target) throws IOException {
    int hash = target.indexOf('#');
    String file = hash < 0 ? target : target.substring(0, hash);
    Path place = file.isEmpty() ? document : document.resolveSibling(file);
    return Files.exists(place)
        && (hash < 0 || headings(place).contains(target.substring(hash + 1)));
  }

  /** The names under which the headings of a document can be linked to. */
  private static Set<String> headings(Path document) throws IOException {
    return Files.readAllLines(document).stream()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
        .map(line -> line.replaceAll("[^\\w\\- ]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }
}
