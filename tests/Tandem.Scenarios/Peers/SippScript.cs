using System.Xml.Linq;

namespace Tandem.Scenarios.Peers;

/// <summary>
/// Writes the scenario that sipp reads out of a short one of <c>Sipp/Rfc</c>, so that a file says only what its RFC is about:
/// <c>&lt;part name="invite"&gt;headers&lt;/part&gt;</c> stands for the messages of <c>Sipp/Parts/invite.xml</c>, with the headers inside
/// (and a body after an empty line) put where the part has <c>{headers}</c>; <c>&lt;see header="X:" is="regexp"/&gt;</c> and
/// <c>&lt;see body="regexp"/&gt;</c> fail the call when the header or body is otherwise, <c>&lt;never has="regexp"/&gt;</c> when the message
/// matches. Attributes of a part and the values of the test replace <c>{name}</c> everywhere.
/// </summary>
public static class SippScript
{
    /// <summary>Writes it into <paramref name="folder"/> and returns its path.</summary>
    /// <param name="folder">Where it goes.</param>
    /// <param name="name">The file in <c>Sipp/Rfc</c> without its extension.</param>
    /// <param name="values">What stands for <c>{name}</c>.</param>
    public static string Write(string folder, string name, IReadOnlyDictionary<string, string> values)
    {
        var scenario = XElement.Parse(Fill(File.ReadAllText(Sipp.ScenarioFile($"Rfc/{name}.xml")), values), LoadOptions.PreserveWhitespace);
        foreach (var part in scenario.Elements("part").ToList())
            part.ReplaceWith(Read(part, values).Nodes());
        foreach (var action in scenario.Descendants("action").ToList())
            action.ReplaceNodes(action.Elements().Select(Check));

        // sipp refuses a variable that nobody reads.
        var assigned = scenario.Descendants("ereg").SelectMany(e => ((string)e.Attribute("assign_to")!).Split(',')).Distinct().ToList();
        if (assigned.Count > 0)
            scenario.Add(new XElement("Reference", new XAttribute("variables", string.Join(',', assigned))));

        var path = Path.Combine(folder, $"{name}-{Guid.NewGuid():N}.xml");
        File.WriteAllText(path, Sipp.Patient("<?xml version=\"1.0\" encoding=\"ISO-8859-1\" ?>\n" + scenario.ToString(SaveOptions.DisableFormatting) + "\n"));
        return path;
    }

    private static XElement Read(XElement part, IReadOnlyDictionary<string, string> values)
    {
        var lines = string.Concat(part.Nodes().OfType<XText>().Select(t => t.Value)).Split('\n').Select(line => line.Trim()).ToList();
        var text = string.Join('\n', lines).Trim();
        var split = text.IndexOf("\n\n", StringComparison.Ordinal);
        var own = new Dictionary<string, string>(values)
        {
            ["headers"] = split < 0 ? text : text[..split],
            ["body"] = split < 0 ? "" : text[(split + 2)..],
        };
        foreach (var attribute in part.Attributes())
            own[attribute.Name.LocalName] = attribute.Value;

        // A line of {headers} without headers goes: an empty line would end the message's head.
        var file = File.ReadAllText(Sipp.ScenarioFile($"Parts/{own["name"]}.xml"));
        var made = XElement.Parse(Fill(own["headers"].Length == 0 ? file.Replace("{headers}\n", "") : file, own), LoadOptions.PreserveWhitespace);
        foreach (var receive in made.Elements("recv").Where(e => (string?)e.Attribute("checks") is not null))
        {
            receive.SetAttributeValue("checks", null);
            if (part.Element("action") is not { } checks)
                continue;

            // sipp reads the first action only.
            if (receive.Element("action") is { } action)
                action.Add(checks.Elements());
            else
                receive.Add(new XElement(checks));
        }

        return made;
    }

    private static XElement Check(XElement check) => check.Name.LocalName switch
    {
        "see" when (string?)check.Attribute("header") is { } header => Ereg((string)check.Attribute("is")!, "hdr", header, "check_it"),
        "see" => Ereg((string)check.Attribute("body")!, "body", null, "check_it"),
        "never" => Ereg((string)check.Attribute("has")!, "msg", null, "check_it_inverse"),
        _ => check,
    };

    private static XElement Ereg(string regexp, string where, string? header, string check) => new(
        "ereg",
        new XAttribute("regexp", regexp),
        new XAttribute("search_in", where),
        header is null ? null : new XAttribute("header", header),
        new XAttribute(check, "true"),
        new XAttribute("assign_to", "seen"));

    private static string Fill(string text, IReadOnlyDictionary<string, string> values)
    {
        foreach (var (name, value) in values)
            text = text.Replace("{" + name + "}", value, StringComparison.Ordinal);
        return text;
    }
}
