package dev.peer.cli.setup;

import static dev.peer.cli.setup.Recipe.DEPENDENCIES;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Projects of Node. */
final class NodeRecipe {

  private NodeRecipe() {}

  /**
   * The scripts of dependencies run, and not the project's own, such as {@code prepare}: they need
   * its sources.
   */
  static Recipe npm(ProjectFiles seen) throws IOException {
    boolean locked = seen.has("package-lock.json") || seen.has("npm-shrinkwrap.json");
    List<String> image = new ArrayList<>(Recipe.debian("nodejs", "npm"));
    image.add(
        Recipe.copy(seen, "package.json", "package-lock.json", "npm-shrinkwrap.json", ".npmrc"));
    image.add(
        "RUN cd "
            + DEPENDENCIES
            + " && npm "
            + (locked ? "ci" : "install")
            + " --ignore-scripts --no-audit && npm rebuild");
    return new Recipe(
        List.of(
            "npm fetches what package.json names. Debian's npm comes in hundreds of packages: the"
                + " first time takes minutes where the",
            "machine is emulated. Debian's Node is 18; an image with another Node and npm may stand"
                + " in FROM instead."),
        image,
        List.of(
            "if [ -d "
                + DEPENDENCIES
                + "/node_modules ]; then ln -sfn "
                + DEPENDENCIES
                + "/node_modules node_modules; fi",
            "npm test"),
        remark(seen, locked));
  }

  private static String remark(ProjectFiles seen, boolean locked) throws IOException {
    List<String> others = seen.these("yarn.lock", "pnpm-lock.yaml");
    if (!locked && !others.isEmpty()) {
      return "npm does not read "
          + others.getFirst()
          + ": it takes the newest versions that package.json allows";
    }
    if (seen.text("package.json").contains("\"workspaces\"")) {
      return "package.json names workspaces: copy the package.json of each in the mkfile";
    }
    return "";
  }
}
