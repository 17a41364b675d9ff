package dev.peer.cli.setup;

import static dev.peer.cli.setup.Recipe.DEPENDENCIES;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Projects of Python. */
final class PythonRecipe {

  private static final String PIP = DEPENDENCIES + "/venv/bin/pip";
  private static final Pattern PACKAGE =
      Pattern.compile("(?m)^\\[(?:build-system|project|metadata)\\]|\\bsetup\\(");
  private static final Pattern EXTENSION =
      Pattern.compile("ext_modules|ext-modules|\\bExtension\\(|[Cc]ython");
  private static final Pattern CFG_REQUIREMENT =
      Pattern.compile("(?m)^(?:install_requires|\\[options\\.extras_require\\])");

  private static final List<String> NEEDS_OF_PYPROJECT =
      """
      RUN cd %1$s && python3 -c 'import tomllib; \\
          all = tomllib.load(open("pyproject.toml", "rb")); \\
          project = all.get("project", {}); \\
          sets = [all.get("dependency-groups", {}), project.get("optional-dependencies", {})]; \\
          extras = [need for name in ("test", "tests", "testing", "dev") for one in sets for need in one.get(name, [])]; \\
          needs = all.get("build-system", {}).get("requires", []) + project.get("dependencies", []) + extras; \\
          print(*(need for need in needs if isinstance(need, str)), sep="\\n")' >needs.txt && %2$s install -r needs.txt
      """
          .formatted(DEPENDENCIES, PIP)
          .lines()
          .toList();
  private static final List<String> NEEDS_OF_SETUP_CFG =
      """
      RUN cd %1$s && python3 -c 'import configparser; \\
          all = configparser.RawConfigParser(strict=False); \\
          all.read("setup.cfg"); \\
          extras = [all.get("options.extras_require", name, fallback="") for name in ("test", "tests", "testing", "dev")]; \\
          needs = "\\n".join([all.get("options", "install_requires", fallback=""), *extras]).splitlines(); \\
          print(*(need for need in needs if not need.startswith("file:")), sep="\\n")' >needs.txt && %2$s install -r needs.txt
      """
          .formatted(DEPENDENCIES, PIP)
          .lines()
          .toList();

  private PythonRecipe() {}

  /**
   * The project is installed before its tests, from the work tree, because tests of a {@code src}
   * layout, of entry points and of compiled modules find it only so.
   */
  static Recipe python(ProjectFiles seen) throws IOException {
    String pyproject = seen.text("pyproject.toml");
    String setupCfg = seen.text("setup.cfg");
    String setupPy = seen.text("setup.py");
    List<String> packages =
        new ArrayList<>(
            List.of(
                "python3-pip",
                "python3-pytest",
                "python3-setuptools",
                "python3-venv",
                "python3-wheel"));
    if (EXTENSION.matcher(setupPy + pyproject).find()) {
      packages.addAll(List.of("gcc", "libc6-dev", "python3-dev"));
    }
    List<String> image = new ArrayList<>(Recipe.debian(packages.toArray(String[]::new)));
    image.add("RUN python3 -m venv --system-site-packages " + DEPENDENCIES + "/venv");
    boolean installed = PACKAGE.matcher(pyproject + "\n" + setupCfg + "\n" + setupPy).find();
    if (!pyproject.isEmpty() && installed) {
      image.add(Recipe.copy(seen, "pyproject.toml"));
      image.addAll(NEEDS_OF_PYPROJECT);
    }
    if (CFG_REQUIREMENT.matcher(setupCfg).find()) {
      image.add(Recipe.copy(seen, "setup.cfg"));
      image.addAll(NEEDS_OF_SETUP_CFG);
    }
    List<String> lists =
        seen.these(
            "requirements.txt",
            "requirements-dev.txt",
            "requirements-test.txt",
            "dev-requirements.txt",
            "test-requirements.txt");
    for (String list : lists) {
      image.add(Recipe.copy(seen, list));
      image.add("RUN cd " + DEPENDENCIES + " && " + PIP + " install -r " + list);
    }
    return new Recipe(
        List.of(
            "pip fetches what the project names, for itself and its tests, into a virtual"
                + " environment; pytest is Debian's where it",
            "names none. Debian's Python is 3.11; an image with another one may stand in FROM"
                + " instead."),
        image,
        Stream.concat(
                installed
                    ? Stream.of(
                        PIP
                            + " install --quiet --no-index --no-deps --no-build-isolation"
                            + " --editable .")
                    : Stream.empty(),
                Stream.of(DEPENDENCIES + "/venv/bin/python -m pytest"))
            .toList(),
        pyproject.contains("[tool.poetry.dependencies]")
            ? "the mkfile does not read the dependencies in [tool.poetry] of pyproject.toml: name"
                + " them in a requirements.txt"
            : "");
  }
}
