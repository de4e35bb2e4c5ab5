package io.github.subquad;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.Architectures;

import org.junit.jupiter.api.Test;

import java.util.List;

/** Arrows between packages run down only; nothing above is known below. */
class ArchitectureTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(location -> !location.contains("/test-classes/"))
                    .importPackages("io.github.subquad");

    @Test
    void packagesKnowOnlyWhatIsBelow() {
        layers().whereLayer("tensor")
                .mayNotAccessAnyLayer()
                .whereLayer("root")
                .mayOnlyAccessLayers("tensor")
                .whereLayer("io")
                .mayOnlyAccessLayers("tensor")
                .whereLayer("reference")
                .mayOnlyAccessLayers("root", "tensor")
                .whereLayer("cpu")
                .mayOnlyAccessLayers("root", "tensor")
                .whereLayer("tornado")
                .mayOnlyAccessLayers("root", "tensor", "reference")
                .whereLayer("imaging")
                .mayOnlyAccessLayers("root", "tensor", "io")
                .whereLayer("bench")
                .mayOnlyAccessLayers("root", "tensor", "io", "reference")
                .whereLayer("cli")
                .mayNotBeAccessedByAnyLayer()
                .check(CLASSES);
    }

    private static Architectures.LayeredArchitecture layers() {
        var layers =
                layeredArchitecture()
                        .consideringOnlyDependenciesInAnyPackage("io.github.subquad..")
                        .withOptionalLayers(true) // tornado is there in its own profile alone
                        .layer("root")
                        .definedBy("io.github.subquad");
        for (String name :
                List.of("tensor", "io", "reference", "cpu", "tornado", "imaging", "bench", "cli")) {
            layers = layers.layer(name).definedBy("io.github.subquad." + name + "..");
        }
        return layers;
    }
}
