using System.Xml;
using Tandem.Calls.Subscriptions;

namespace Tandem.Calls.Publications;

/// <summary>
/// What we take from a published <c>application/pidf+xml</c> (RFC 3863) with activities of RPID (RFC 4480 §3.2): basic status,
/// notes, activities. Nothing else of it is kept, so nothing else of it can reach a watcher.
/// </summary>
internal sealed record PresenceDocument(string Entity, IReadOnlyList<PublishedTuple> Tuples, IReadOnlyList<string> Activities, string Note)
{
    public const string Pidf = "urn:ietf:params:xml:ns:pidf";
    public const string DataModel = "urn:ietf:params:xml:ns:pidf:data-model";
    public const string Rpid = "urn:ietf:params:xml:ns:pidf:rpid";

    /// <summary>Tuples and activities that are kept, and characters of a note.</summary>
    private const int MaxTuples = 8;
    private const int MaxActivities = 8;
    private const int MaxNote = 200;

    private static readonly HashSet<string> KnownActivities =
    [
        "appointment", "away", "breakfast", "busy", "dinner", "holiday", "in-transit", "looking-for-work", "meal", "meeting", "on-the-phone",
        "performance", "permanent-absence", "playing", "presentation", "shopping", "sleeping", "spectator", "steering", "travel", "tv",
        "unknown", "vacation", "working", "worship",
    ];

    /// <summary>Reads a document; null when it is not well-formed, is deeper than <paramref name="maxDepth"/> or is no presence document.</summary>
    public static PresenceDocument? Parse(ReadOnlyMemory<byte> body, int maxDepth)
    {
        try
        {
            using var xml = XmlDocuments.Read(body);
            return Parse(xml, maxDepth);
        }
        catch (XmlException)
        {
            return null; // the sender is told 400
        }
        catch (ArgumentException)
        {
            return null; // an encoding that there is not
        }
    }

    private static PresenceDocument? Parse(XmlReader xml, int maxDepth)
    {
        if (xml.MoveToContent() != XmlNodeType.Element || xml.LocalName != "presence" || xml.NamespaceURI != Pidf)
            return null;

        var entity = xml.GetAttribute("entity") ?? "";
        var tuples = new List<PublishedTuple>();
        var activities = new List<string>();
        var note = "";
        bool? isOpen = null;
        var tupleNote = "";
        var path = new Stack<string>();
        while (xml.Read())
        {
            if (xml.Depth > maxDepth)
                return null;

            switch (xml.NodeType)
            {
                case XmlNodeType.Element:
                    var name = NameOf(xml);
                    if (name == "tuple")
                        (isOpen, tupleNote) = (null, "");
                    if (path.TryPeek(out var parent) && parent == "activities" && xml.NamespaceURI == Rpid && activities.Count < MaxActivities
                        && KnownActivities.Contains(xml.LocalName) && !activities.Contains(xml.LocalName))
                        activities.Add(xml.LocalName);
                    if (!xml.IsEmptyElement)
                        path.Push(name);
                    else if (name == "tuple" && tuples.Count < MaxTuples)
                        tuples.Add(new PublishedTuple(isOpen, tupleNote));
                    break;
                case XmlNodeType.EndElement when path.Count > 0:
                    if (path.Pop() == "tuple" && tuples.Count < MaxTuples)
                        tuples.Add(new PublishedTuple(isOpen, tupleNote));
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA when path.TryPeek(out var element):
                    if (element == "basic" && path.Contains("tuple"))
                        isOpen = xml.Value.Trim() switch { "open" => true, "closed" => false, _ => isOpen };
                    else if (element == "note" && path.Contains("tuple"))
                        tupleNote = Cut(xml.Value);
                    else if (element == "note")
                        note = Cut(xml.Value);
                    break;
                default:
                    break;
            }
        }

        return new PresenceDocument(entity, tuples, activities, note);
    }

    private static string NameOf(XmlReader xml) => xml.NamespaceURI is Pidf or DataModel or Rpid ? xml.LocalName : "";

    private static string Cut(string text)
    {
        text = text.Trim();
        if (text.Length <= MaxNote)
            return text;

        // Not between the halves of one character.
        return text[..(char.IsHighSurrogate(text[MaxNote - 1]) ? MaxNote - 1 : MaxNote)];
    }
}
