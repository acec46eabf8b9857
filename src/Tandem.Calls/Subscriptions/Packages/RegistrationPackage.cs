using System.Security.Cryptography;
using System.Text;
using System.Xml;
using Tandem.Calls.Events;
using Tandem.Calls.Registrar;

namespace Tandem.Calls.Subscriptions.Packages;

/// <summary>The contacts of an extension (RFC 3680). An extension sees its own only: the addresses of phones are nobody else's.</summary>
internal sealed class RegistrationPackage(Notifier notifier, RegistrarTable registrar, SubscriptionOptions options)
    : EventPackage("reg", "application/reginfo+xml", WatchedStates.Registration | WatchedStates.Refreshes, options.SlowNotifyInterval), IRegistrationWatch
{
    private const string Namespace = "urn:ietf:params:xml:ns:reginfo";

    /// <summary>Contacts that went and are told at once; more than an extension can have are not remembered.</summary>
    private const int MaxGone = 16;

    public override bool MayWatch(string watcher, string number) => watcher == number;

    public void Note(Subscription subscription, RegistrationEvent registration)
    {
        if (registration.Change is RegistrationChange.Registered or RegistrationChange.Refreshed)
            return;

        var gone = subscription.Memory as List<RegistrationEvent> ?? [];
        if (gone.Count < MaxGone)
            gone.Add(registration);
        subscription.Memory = gone;
    }

    public override byte[] Compose(Subscription subscription)
    {
        var resource = subscription.Resource;
        var bindings = registrar.Lookup(resource.Tenant, resource.Number);
        var gone = subscription.Memory as List<RegistrationEvent> ?? [];
        subscription.Memory = null;
        var aor = XmlDocuments.Clean(notifier.AddressOf(resource.Tenant, resource.Number, subscription.Flow));
        return XmlDocuments.Write(xml =>
        {
            xml.WriteStartElement("reginfo", Namespace);
            xml.WriteAttributeString("version", XmlConvert.ToString(subscription.TakeVersion()));
            xml.WriteAttributeString("state", "full");
            xml.WriteStartElement("registration", Namespace);
            xml.WriteAttributeString("aor", aor);
            xml.WriteAttributeString("id", "r" + resource.Number);
            xml.WriteAttributeString("state", bindings.Count > 0 ? "active" : gone.Count > 0 ? "terminated" : "init");
            foreach (var binding in bindings)
                WriteContact(xml, binding, "active", binding.RegistrationCount > 1 ? "refreshed" : "registered", subscription.Now);
            foreach (var change in gone)
            {
                // A contact that is back by now is not gone.
                if (!bindings.Any(b => b.ContactUri == change.Binding.ContactUri))
                    WriteContact(xml, change.Binding, "terminated", Event(change.Change), subscription.Now);
            }

            xml.WriteEndElement();
            xml.WriteEndElement();
        });
    }

    private static void WriteContact(XmlWriter xml, Binding binding, string state, string cause, DateTimeOffset now)
    {
        xml.WriteStartElement("contact", Namespace);
        xml.WriteAttributeString("id", IdOf(binding.ContactUri));
        xml.WriteAttributeString("state", state);
        xml.WriteAttributeString("event", cause);
        xml.WriteAttributeString("duration-registered", XmlConvert.ToString(Seconds(now - binding.RegisteredAt)));
        if (state == "active")
            xml.WriteAttributeString("expires", XmlConvert.ToString(Seconds(binding.ExpiresAt - now)));
        xml.WriteAttributeString("callid", XmlDocuments.Clean(binding.RegisterCallId));
        xml.WriteAttributeString("cseq", XmlConvert.ToString(binding.RegisterCSeq));
        xml.WriteElementString("uri", Namespace, XmlDocuments.Clean(binding.ContactUri));
        xml.WriteEndElement();
    }

    private static long Seconds(TimeSpan span) => Math.Max(0, (long)Math.Round(span.TotalSeconds));

    // §5.1: a function of the URI, so that a contact that comes again has the same id.
    private static string IdOf(string uri) => "c" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(uri)).AsSpan(0, 8));

    private static string Event(RegistrationChange change) => change switch
    {
        RegistrationChange.Unregistered => "unregistered",
        RegistrationChange.RemovedByOperator => "deactivated",
        _ => "expired",
    };
}
