using System.Xml;
using Tandem.Calls.Calls;
using Tandem.Calls.Publications;
using Tandem.Calls.Registrar;

namespace Tandem.Calls.Subscriptions.Packages;

/// <summary>
/// Presence of an extension (RFC 3856) as PIDF (RFC 3863): open while it is registered, on the phone while a call of it is answered
/// (RPID, RFC 4480), and what its phones published.
/// </summary>
internal sealed class PresencePackage(
    Notifier notifier, RegistrarTable registrar, CallTable calls, PublicationTable publications, SubscriptionOptions options)
    : EventPackage(
        "presence", "application/pidf+xml", WatchedStates.Registration | WatchedStates.Calls | WatchedStates.Publications, options.SlowNotifyInterval)
{
    private const string OnThePhone = "on-the-phone";

    public override bool MayWatch(string watcher, string number) => true;

    public override bool HasNews(Subscription subscription) =>
        subscription.Memory is not byte[] told || !told.AsSpan().SequenceEqual(Write(subscription));

    public override byte[] Compose(Subscription subscription)
    {
        var document = Write(subscription);
        subscription.Memory = document;
        return document;
    }

    private byte[] Write(Subscription subscription)
    {
        var resource = subscription.Resource;
        var isOpen = registrar.Lookup(resource.Tenant, resource.Number).Count > 0;
        var published = publications.Of(resource);
        var activities = Activities(resource, published);
        var entity = XmlDocuments.Clean(notifier.AddressOf(resource.Tenant, resource.Number, subscription.Flow));
        return XmlDocuments.Write(xml =>
        {
            xml.WriteStartElement("presence", PresenceDocument.Pidf);
            if (activities.Count > 0)
            {
                xml.WriteAttributeString("xmlns", "dm", null, PresenceDocument.DataModel);
                xml.WriteAttributeString("xmlns", "rpid", null, PresenceDocument.Rpid);
            }

            xml.WriteAttributeString("entity", entity);
            WriteTuple(xml, "exchange", isOpen, isOpen ? entity : "", "");
            var number = 0;
            foreach (var document in published)
            {
                foreach (var tuple in document.Tuples)
                    WriteTuple(xml, XmlConvert.ToString(++number).Insert(0, "p"), tuple.IsOpen, "", tuple.Note);
            }

            foreach (var document in published)
            {
                if (document.Note.Length > 0)
                    xml.WriteElementString("note", PresenceDocument.Pidf, XmlDocuments.Clean(document.Note));
            }

            if (activities.Count > 0)
                WritePerson(xml, activities);
            xml.WriteEndElement();
        });
    }

    private List<string> Activities(AorKey resource, PresenceDocument[] published)
    {
        var activities = new List<string>();
        foreach (var call in calls.Of(resource.Tenant, resource.Number, options.MaxDialogsInDocument))
        {
            if (call.Model.Snapshot.State == CallState.Established)
            {
                activities.Add(OnThePhone);
                break;
            }
        }

        foreach (var document in published)
        {
            foreach (var activity in document.Activities)
            {
                if (!activities.Contains(activity))
                    activities.Add(activity);
            }
        }

        return activities;
    }

    private static void WriteTuple(XmlWriter xml, string id, bool? isOpen, string contact, string note)
    {
        xml.WriteStartElement("tuple", PresenceDocument.Pidf);
        xml.WriteAttributeString("id", id);
        xml.WriteStartElement("status", PresenceDocument.Pidf);
        if (isOpen is { } open)
            xml.WriteElementString("basic", PresenceDocument.Pidf, open ? "open" : "closed");
        xml.WriteEndElement();
        if (contact.Length > 0)
            xml.WriteElementString("contact", PresenceDocument.Pidf, contact);
        if (note.Length > 0)
            xml.WriteElementString("note", PresenceDocument.Pidf, XmlDocuments.Clean(note));
        xml.WriteEndElement();
    }

    private static void WritePerson(XmlWriter xml, List<string> activities)
    {
        xml.WriteStartElement("dm", "person", PresenceDocument.DataModel);
        xml.WriteAttributeString("id", "person");
        xml.WriteStartElement("rpid", "activities", PresenceDocument.Rpid);
        foreach (var activity in activities)
            xml.WriteElementString("rpid", activity, PresenceDocument.Rpid, "");
        xml.WriteEndElement();
        xml.WriteEndElement();
    }
}
