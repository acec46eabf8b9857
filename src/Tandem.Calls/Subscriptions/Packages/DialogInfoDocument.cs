using System.Xml;

namespace Tandem.Calls.Subscriptions.Packages;

/// <summary>Writes <c>application/dialog-info+xml</c> (RFC 4235 §4), always the full state.</summary>
internal static class DialogInfoDocument
{
    private const string Namespace = "urn:ietf:params:xml:ns:dialog-info";

    /// <param name="dialogs">The dialogs, those that are over too.</param>
    /// <param name="version">The number of the document in its subscription.</param>
    /// <param name="entity">The URI of the watched extension.</param>
    /// <param name="party">Gives URI and name of a number; null leaves the parties out.</param>
    public static byte[] Write(
        IReadOnlyList<WatchedDialog> dialogs, uint version, string entity, Func<string, (string Uri, string Name)>? party) =>
        XmlDocuments.Write(xml =>
        {
            xml.WriteStartElement("dialog-info", Namespace);
            xml.WriteAttributeString("version", XmlConvert.ToString(version));
            xml.WriteAttributeString("state", "full");
            xml.WriteAttributeString("entity", XmlDocuments.Clean(entity));
            foreach (var dialog in dialogs)
                WriteDialog(xml, dialog, party);
            xml.WriteEndElement();
        });

    private static void WriteDialog(XmlWriter xml, WatchedDialog dialog, Func<string, (string Uri, string Name)>? party)
    {
        xml.WriteStartElement("dialog", Namespace);
        xml.WriteAttributeString("id", dialog.Id);
        xml.WriteAttributeString("direction", dialog.IsInitiator ? "initiator" : "recipient");
        xml.WriteElementString("state", Namespace, Text(dialog.State));
        if (party is not null)
        {
            WriteParty(xml, "local", party(dialog.OwnNumber));
            if (dialog.OtherNumber.Length > 0)
                WriteParty(xml, "remote", party(dialog.OtherNumber));
        }

        xml.WriteEndElement();
    }

    private static void WriteParty(XmlWriter xml, string element, in (string Uri, string Name) party)
    {
        var uri = XmlDocuments.Clean(party.Uri);
        xml.WriteStartElement(element, Namespace);
        xml.WriteStartElement("identity", Namespace);
        if (party.Name.Length > 0)
            xml.WriteAttributeString("display", XmlDocuments.Clean(party.Name));
        xml.WriteString(uri);
        xml.WriteEndElement();
        xml.WriteStartElement("target", Namespace);
        xml.WriteAttributeString("uri", uri);
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static string Text(WatchedDialogState state) => state switch
    {
        WatchedDialogState.Proceeding => "proceeding",
        WatchedDialogState.Early => "early",
        WatchedDialogState.Confirmed => "confirmed",
        _ => "terminated",
    };
}
