using System.Reflection;
using System.Runtime.CompilerServices;

namespace Tandem.Server.Options;

public sealed class OptionsCatalogTests
{
    [Fact]
    public void Every_property_of_every_option_record_has_a_setting()
    {
        var listed = OptionsCatalog.All.Select(s => s.PropertyPath).ToHashSet();

        var missing = Leaves(typeof(TandemOptions), "").Where(p => !listed.Contains(p) && !IsComposed(p)).ToList();

        Assert.Empty(missing);
    }

    [Fact]
    public void What_is_composed_from_other_settings_exists_and_has_no_setting_of_its_own()
    {
        var listed = OptionsCatalog.All.Select(s => s.PropertyPath).ToHashSet();
        var leaves = Leaves(typeof(TandemOptions), "").ToHashSet();

        Assert.All(OptionsCatalog.Composed.Keys, path =>
        {
            var prefix = path.TrimEnd('*');
            Assert.Contains(leaves, leaf => path == leaf || (prefix != path && leaf.StartsWith(prefix, StringComparison.Ordinal)));
            Assert.DoesNotContain(path, listed);
        });
    }

    [Fact]
    public void Names_are_unique_and_options_of_the_command_line_too()
    {
        var names = OptionsCatalog.All.SelectMany(s => s.Aliases.Prepend(s.Name)).Concat(OptionsCatalog.Later.Select(l => l.Name)).ToList();

        Assert.Equal(names.Count, names.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.Equal(OptionsCatalog.All.Count, OptionsCatalog.All.Select(s => s.PropertyPath).Distinct().Count());
    }

    [Fact]
    public void Every_default_is_accepted_by_its_own_setting()
    {
        var defaults = new TandemOptions();
        foreach (var setting in OptionsCatalog.All.Where(s => !s.IsSecret && s.Format(defaults).Length > 0))
        {
            var options = new TandemOptions();
            Assert.True(setting.TrySet(options, setting.Format(defaults)), $"{setting.Name}={setting.Format(defaults)}");
            Assert.Equal(setting.Format(defaults), setting.Format(options));
        }
    }

    [Fact]
    public void Setting_a_value_changes_no_record_that_others_share()
    {
        // The rooms have static defaults; a record below TandemOptions must not be one of them.
        var first = Records(new TandemOptions()).ToList();
        var second = Records(new TandemOptions()).ToList();

        Assert.Equal(first.Count, second.Count);
        Assert.All(first.Zip(second), pair => Assert.NotSame(pair.First, pair.Second));
    }

    [Fact]
    public void The_documentation_is_the_catalog()
    {
        var file = Path.Combine(RepositoryRoot(), "docs", "configuration.md");

        Assert.True(
            File.ReadAllText(file) == ConfigurationPage.Write(),
            "docs/configuration.md is not what the program prints: tandem config --markdown > docs/configuration.md");
    }

    private static bool IsComposed(string path) =>
        OptionsCatalog.Composed.ContainsKey(path) || OptionsCatalog.Composed.ContainsKey(path[..(path.LastIndexOf('.') + 1)] + "*");

    private static string RepositoryRoot([CallerFilePath] string here = "")
    {
        var folder = Path.GetDirectoryName(here)!;
        while (!File.Exists(Path.Combine(folder, "Tandem.slnx")))
            folder = Path.GetDirectoryName(folder)!;

        return folder;
    }

    private static IEnumerable<object> Records(object record)
    {
        yield return record;
        foreach (var property in record.GetType().GetProperties().Where(p => IsRecord(p.PropertyType) && p.CanWrite))
        {
            foreach (var inner in Records(property.GetValue(record)!))
                yield return inner;
        }
    }

    private static bool IsRecord(Type type) =>
        type.IsClass && type.Namespace!.StartsWith("Tandem.", StringComparison.Ordinal) && type.GetMethod("<Clone>$") is not null;

    private static IEnumerable<string> Leaves(Type type, string prefix)
    {
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.SetMethod is { IsPublic: true }))
        {
            var path = prefix + property.Name;
            if (IsRecord(property.PropertyType))
            {
                foreach (var inner in Leaves(property.PropertyType, path + "."))
                    yield return inner;
            }
            else
            {
                yield return path;
            }
        }
    }
}
