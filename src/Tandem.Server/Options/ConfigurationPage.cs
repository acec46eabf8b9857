using System.Text;

namespace Tandem.Server.Options;

/// <summary>Writes docs/configuration.md from the catalog.</summary>
public static class ConfigurationPage
{
    private const string Head =
        """
        # Configuration

        Written by `tandem config --markdown`; a test compares this page with the program.

        A setting is looked for in this order, the last one found goes:

        1. the default;
        2. `appsettings.json` in the working directory: the names below as keys, at the top level or in an object `Tandem`;
        3. `.env` in the working directory: `NAME=VALUE` lines, `#` comments, quotes around values with spaces;
        4. the environment;
        5. the command line: `tandem serve --sip-port 5070`, or `--set NAME=VALUE` for every setting.

        An empty value counts as not set. A value that is not accepted stops the start with one line that says where it stands and what
        is accepted. `tandem check` reads the settings and tries them; `tandem config` shows what is in force and where it comes from.
        A length of time is a number in the unit given here, or a number with `ms`, `s`, `m`, `h` or `d`. A size is a number of bytes, or a
        number with `k`, `m` or `g` (powers of 1024).

        """;

    /// <summary>The whole page.</summary>
    public static string Write()
    {
        var page = new StringBuilder(Head);
        foreach (var group in OptionsCatalog.All.GroupBy(s => s.Group))
        {
            page.Append("\n## ").Append(group.Key).Append("\n\n| name | default | accepted | |\n| --- | --- | --- | --- |\n");
            foreach (var setting in group)
            {
                var names = string.Join("<br>", setting.Aliases.Prepend(setting.Name).Select(n => $"`{n}`"));
                var value = setting.DefaultText;
                var unit = setting.Kind.Unit.Length > 0 && value.Length > 0 && setting.Kind.Unit != "bytes" && !value.Contains(' ') ? " " + setting.Kind.Unit : "";
                page.Append("| ").Append(names).Append(" | ").Append(Cell(value)).Append(unit).Append(" | ").Append(Cell(setting.Kind.Accepts)).Append(" | ")
                    .Append(Cell(setting.Reason)).Append(" |\n");
            }
        }

        page.Append("\n## Known names without effect\n\nThey are accepted with one line of warning.\n\n| name | |\n| --- | --- |\n");
        foreach (var later in OptionsCatalog.Later)
            page.Append("| `").Append(later.Name).Append("` | ").Append(Cell(later.Why)).Append(" |\n");

        return page.ToString();
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("\n", " ", StringComparison.Ordinal);
}
