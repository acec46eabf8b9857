using System.Globalization;
using System.Xml;
using Tandem.Calls.Rooms;

namespace Tandem.Calls.Subscriptions.Packages;

/// <summary>Writes <c>application/conference-info+xml</c> (RFC 4575 §5), always the full state.</summary>
internal static class ConferenceDocument
{
    private const string Namespace = "urn:ietf:params:xml:ns:conference-info";

    /// <param name="definition">What the room is like.</param>
    /// <param name="room">The room as it is; null while nobody is in it.</param>
    /// <param name="version">The number of the document in its subscription.</param>
    /// <param name="entity">The URI of the room.</param>
    /// <param name="party">Gives URI and name of a number; null leaves the members out.</param>
    public static byte[] Write(RoomDefinition definition, RoomSnapshot? room, uint version, string entity, Func<string, (string Uri, string Name)>? party) =>
        XmlDocuments.Write(xml =>
        {
            xml.WriteStartElement("conference-info", Namespace);
            xml.WriteAttributeString("entity", XmlDocuments.Clean(entity));
            xml.WriteAttributeString("state", "full");
            xml.WriteAttributeString("version", XmlConvert.ToString(version));

            // §5.3
            xml.WriteStartElement("conference-description", Namespace);
            if (definition.Title.Length > 0)
                Element(xml, "display-text", XmlDocuments.Clean(definition.Title));
            if (definition.MaxMembers is { } most)
                Element(xml, "maximum-user-count", XmlConvert.ToString(most));
            xml.WriteEndElement();

            // §5.5
            xml.WriteStartElement("conference-state", Namespace);
            Element(xml, "user-count", XmlConvert.ToString(room?.Members.Count ?? 0));
            Element(xml, "active", XmlConvert.ToString(room is not null));
            Element(xml, "locked", XmlConvert.ToString(room?.IsLocked == true));
            xml.WriteEndElement();
            if (room is not null && party is not null)
                WriteUsers(xml, room, party);
            xml.WriteEndElement();
        });

    // §5.6: one user a number, and an endpoint for each call by which he is there.
    private static void WriteUsers(XmlWriter xml, RoomSnapshot room, Func<string, (string Uri, string Name)> party)
    {
        xml.WriteStartElement("users", Namespace);
        foreach (var user in room.Members.GroupBy(m => m.Number))
        {
            var (uri, known) = party(user.Key);
            var name = user.Select(m => m.Name).FirstOrDefault(given => given.Length > 0) ?? known;
            xml.WriteStartElement("user", Namespace);
            xml.WriteAttributeString("entity", XmlDocuments.Clean(uri));
            if (name.Length > 0)
                Element(xml, "display-text", XmlDocuments.Clean(name));
            xml.WriteStartElement("roles", Namespace);
            Element(xml, "entry", user.Max(m => m.Role).ToString().ToLowerInvariant());
            xml.WriteEndElement();
            foreach (var member in user)
                WriteEndpoint(xml, member, uri);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    // §5.7
    private static void WriteEndpoint(XmlWriter xml, RoomMember member, string uri)
    {
        var seat = member.Effective;
        xml.WriteStartElement("endpoint", Namespace);
        xml.WriteAttributeString("entity", XmlDocuments.Clean(string.Create(CultureInfo.InvariantCulture, $"{uri};member={member.Id.Value}")));
        Element(xml, "status", member.IsWaiting ? "on-hold" : seat.IsMuted ? "muted-via-focus" : "connected");
        Element(xml, "joining-method", member.WasCalled ? "dialed-out" : "dialed-in");
        xml.WriteStartElement("joining-info", Namespace);
        Element(xml, "when", XmlConvert.ToString(member.JoinedAt.UtcDateTime, XmlDateTimeSerializationMode.Utc));
        xml.WriteEndElement();

        // §5.8.5: from the participant's point of view; who is muted only receives.
        xml.WriteStartElement("media", Namespace);
        xml.WriteAttributeString("id", "1");
        Element(xml, "type", "audio");
        Element(xml, "status", (seat.IsMuted, seat.IsDeaf) switch { (true, true) => "inactive", (true, _) => "recvonly", (_, true) => "sendonly", _ => "sendrecv" });
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void Element(XmlWriter xml, string name, string text) => xml.WriteElementString(name, Namespace, text);
}
