package dev.peer.cli.setup;

import static dev.peer.cli.setup.Recipe.DEPENDENCIES;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Projects of Java. */
final class JavaRecipes {

  /** Checks of the whole directory must not see what Maven fetches. */
  private static final String MODULES = DEPENDENCIES + "/modules";

  /** Apache's check of licenses would refuse the mkfile and the empty classes. */
  private static final String MAVEN =
      "mvn --batch-mode --no-transfer-progress -Drat.skip -Dmaven.repo.local="
          + DEPENDENCIES
          + "/m2";

  private JavaRecipes() {}

  /**
   * A build of the modules with empty classes fetches all that a build needs. Maven's own {@code
   * dependency:go-offline} leaves out what plugins fetch as they run, such as Surefire's provider
   * for the test framework. It is for the projects whose checks refuse the empty classes.
   *
   * <p>The configuration that lies beside the sources comes along: checks read it, and profiles are
   * active where a file of it is.
   */
  static Recipe maven(ProjectFiles seen) throws IOException {
    List<String> image = new ArrayList<>(Recipe.debian("default-jdk-headless", "maven"));
    if (seen.hasDirectory(".mvn")) {
      image.add("COPY .mvn " + MODULES + "/.mvn/");
    }
    image.add("COPY *.xml " + MODULES + "/");
    for (String module : seen.mavenModules()) {
      image.add("COPY " + module + "/pom.xml " + MODULES + "/" + module + "/");
    }
    for (String directory : seen.mavenConfiguration()) {
      image.add("COPY " + directory + " " + MODULES + "/" + directory + "/");
    }
    image.addAll(
        """
        RUN cd %1$s \\
            && for pom in $(find . -name pom.xml); do \\
                sources=${pom%%/*}/src; \\
                mkdir -p "$sources/main/java/empty" "$sources/test/java/empty"; \\
                echo 'package empty; class Empty {}' >"$sources/main/java/empty/Empty.java"; \\
                echo 'package empty; public class EmptyTest {}' >"$sources/test/java/empty/EmptyTest.java"; \\
            done \\
            && { %2$s verify || %2$s dependency:go-offline; }
        """
            .formatted(MODULES, MAVEN)
            .lines()
            .toList());
    return new Recipe(
        List.of(
            "A build of the pom.xml files with empty classes fetches plugins and dependencies: a"
                + " new module needs a COPY. Debian's",
            "JDK is 17; an image with another JDK and Maven may stand in FROM instead. -Drat.skip"
                + " leaves out Apache's check of license",
            "headers (RAT), which refuses this file: exclude the file from it, and take the option"
                + " out of the test."),
        image,
        List.of(MAVEN + " --offline verify"),
        "");
  }

  static Recipe gradle(ProjectFiles seen) {
    List<String> image = new ArrayList<>(Recipe.debian("default-jdk-headless", "gradle"));
    image.add("ENV GRADLE_USER_HOME=" + DEPENDENCIES + "/gradle");
    image.add("COPY . " + DEPENDENCIES + "/source/");
    image.add("RUN cd " + DEPENDENCIES + "/source && gradle --no-daemon testClasses");
    return new Recipe(
        List.of(
            "Debian's gradle runs the build, and not the wrapper's. A build of the whole repository"
                + " fetches the dependencies: copy",
            "less of it where that is enough, so that fewer changes make the image anew."),
        image,
        List.of("gradle --no-daemon --offline test"),
        "");
  }
}
