using System.Xml.Linq;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>RFC 3903, RFC 3856, RFC 3863.</summary>
public class A_publication_changes_presence
{
    private static readonly XNamespace Pidf = "urn:ietf:params:xml:ns:pidf";
    private static readonly XNamespace Rpid = "urn:ietf:params:xml:ns:pidf:rpid";

    [Fact]
    public void Made_changed_refreshed_and_removed()
    {
        var rig = new ExchangeRig();
        var (ada, watcher) = (rig.Phone("100"), rig.Phone("102"));
        var presence = watcher.Watch("100", "presence", out var first);
        Assert.Equal(("application/pidf+xml", "open | "), (first["Content-Type"], Read(first)));
        rig.Run(6);

        var tag = Publish(ada, "", 600, Document("100", "open", "busy"));
        Assert.Equal("open open | busy", Read(watcher.Notified(presence)));
        var next = Publish(ada, tag, 600, Document("100", "closed", "away", "Tea & <cake>"));
        Assert.NotEqual(tag, next);
        var changed = watcher.Notified(presence);
        Assert.Equal("open closed | away", Read(changed));
        Assert.Contains("Tea &amp; &lt;cake&gt;", changed.Body, StringComparison.Ordinal);

        // §4.1: a tag serves once.
        Assert.Equal("412", Publish(ada, tag, 600, ""));
        tag = Publish(ada, next, 900, "");
        watcher.ExpectNothing(6);
        Publish(ada, tag, 0, "");
        Assert.Equal("open | ", Read(watcher.Notified(presence)));
        A_lamp_follows_a_call.End(watcher, presence, "presence");
        Assert.Equal("", rig.Leftovers());
    }

    // §6: what is not refreshed is gone.
    [Fact]
    public void A_forgotten_publication_expires()
    {
        var rig = new ExchangeRig();
        var (ada, watcher) = (rig.Phone("100"), rig.Phone("102"));
        Publish(ada, "", 60, Document("100", "open", "meeting"));
        var presence = watcher.Watch("100", "presence", out var first);
        Assert.Equal("open open | meeting", Read(first));
        Assert.Equal("open | ", Read(watcher.Notified(presence, seconds: 70)));
        A_lamp_follows_a_call.End(watcher, presence, "presence");
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void Phones_that_register_and_calls_change_it_too()
    {
        var rig = new ExchangeRig();
        var (ada, bob, watcher) = (rig.Phone("100", registered: false), rig.Phone("101"), rig.Phone("102"));
        var presence = watcher.Watch("100", "presence", out var first);
        Assert.Equal("closed | ", Read(first));
        rig.Run(6);
        ada.Register();
        Assert.Equal("open | ", Read(watcher.Notified(presence)));

        // A refresh is no news.
        ada.Register();
        watcher.ExpectNothing(6);
        var call = ada.Dial("101");
        call.Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        var leg = bob.Take(invite);
        leg.Reply(invite, 200, Sdp.Audio());
        bob.Expect("ACK");
        call.Ack(ada.Expect("200 INVITE"));
        Assert.Equal("open | on-the-phone", Read(watcher.Notified(presence)));
        call.Send("BYE");
        leg.Reply(bob.Expect("BYE"), 200);
        ada.Expect("200 BYE");
        Assert.Equal("open | ", Read(watcher.Notified(presence)));
        ada.Register(expires: 0);
        Assert.Equal("closed | ", Read(watcher.Notified(presence)));
        A_lamp_follows_a_call.End(watcher, presence, "presence");
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 3680: an extension sees its own contacts come and go.
    [Fact]
    public void Contacts_are_told_to_their_own_extension()
    {
        var rig = new ExchangeRig();
        var (desk, mobile) = (rig.Phone("100", registered: false), rig.Phone("100", registered: false));
        var reg = desk.Watch("100", "reg", out var first);
        Assert.Contains("state=\"init\"", first.Body, StringComparison.Ordinal);
        rig.Run(6);
        mobile.Register();
        var notify = XDocument.Parse(desk.Notified(reg).Body).Root!.Elements().Single();
        Assert.Equal(("active", "active registered " + mobile.ContactUri), (notify.Attribute("state")!.Value, Contact(notify)));
        mobile.Register(expires: 0);
        notify = XDocument.Parse(desk.Notified(reg).Body).Root!.Elements().Single();
        Assert.Equal(("terminated", "terminated unregistered " + mobile.ContactUri), (notify.Attribute("state")!.Value, Contact(notify)));
        A_lamp_follows_a_call.End(desk, reg, "reg");
        Assert.Equal("", rig.Leftovers());

        static string Contact(XElement registration)
        {
            var contact = registration.Elements().Single();
            return $"{contact.Attribute("state")!.Value} {contact.Attribute("event")!.Value} {contact.Elements().Single().Value}";
        }
    }

    // RFC 3903 §6 step by step, and documents that no phone sends.
    [Theory]
    [InlineData("100", "presence", "application/pidf+xml", "open", "200")]
    [InlineData("101", "presence", "application/pidf+xml", "open", "403")]
    [InlineData("999", "presence", "application/pidf+xml", "open", "404")]
    [InlineData("100", "dialog", "application/pidf+xml", "open", "489")]
    [InlineData("100", "presence", "text/plain", "open", "415")]
    [InlineData("100", "presence", "application/pidf+xml", "", "400")]
    [InlineData("100", "presence", "application/pidf+xml", "not xml", "400")]
    [InlineData("100", "presence", "application/pidf+xml", "<presence xmlns='urn:other' entity='sip:100@x'/>", "400")]
    [InlineData("100", "presence", "application/pidf+xml", "<presence xmlns='urn:ietf:params:xml:ns:pidf' entity='sip:101@x'/>", "403")]
    [InlineData("100", "presence", "application/pidf+xml", "<presence xmlns='urn:ietf:params:xml:ns:pidf' entity='pres:100@x'/>", "200")]
    [InlineData("100", "presence", "application/pidf+xml", "<!DOCTYPE p [<!ENTITY a 'aaaa'>]><presence xmlns='urn:ietf:params:xml:ns:pidf' entity='sip:100@x'>&a;</presence>", "400")]
    [InlineData("100", "presence", "application/pidf+xml", "<!DOCTYPE p SYSTEM 'file:///etc/passwd'><presence xmlns='urn:ietf:params:xml:ns:pidf' entity='sip:100@x'/>", "400")]
    [InlineData("100", "presence", "application/pidf+xml", "<?xml version='1.0' encoding='nonsense'?><presence xmlns='urn:ietf:params:xml:ns:pidf' entity='sip:100@x'/>", "400")]
    [InlineData("100", "presence", "application/pidf+xml", "deep", "400")]
    [InlineData("100", "presence", "application/pidf+xml", "large", "413")]
    public void What_is_published_and_what_is_answered(string number, string package, string type, string body, string status)
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        body = body switch
        {
            "open" => Document(number, "open", "busy"),
            "deep" => $"<presence xmlns='urn:ietf:params:xml:ns:pidf' entity='sip:100@x'>{string.Concat(Enumerable.Repeat("<a>", 200))}{string.Concat(Enumerable.Repeat("</a>", 200))}</presence>",
            "large" => Document("100", "open", "busy", new string('x', 9_000)),
            _ => body,
        };
        var dialog = ada.Dial(number);
        dialog.Send("PUBLISH", body, "Event: " + package, "Expires: 60", "Content-Type: " + type);
        var response = ada.Expect(status + " PUBLISH");
        Assert.Equal(status == "200", response.Has("SIP-ETag"));
        if (status == "489")
            Assert.Equal("presence", response["Allow-Events"]);
        if (status == "415")
            Assert.Equal("application/pidf+xml", response["Accept"]);
        Assert.Equal(status == "200" ? 1 : 0, rig.Exchange.Statistics().Publications);
        Assert.Equal("", rig.Leftovers());
    }

    [Theory]
    [InlineData("Expires: 59", "423")]
    [InlineData("Expires: 60\r\nSIP-If-Match: nothing", "412")]
    [InlineData("Expires: 0\r\nSIP-If-Match: nothing", "412")]
    [InlineData("Expires: 0", "200")]
    [InlineData("Expires: 99999999", "200")]
    public void Times_and_tags(string headers, string status)
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        ada.Dial("100").Send("PUBLISH", Document("100", "open", "busy"), "Event: presence", "Content-Type: application/pidf+xml", headers);
        var response = ada.Expect(status + " PUBLISH");
        if (headers == "Expires: 99999999")
            Assert.Equal("86400", response["Expires"]);
        else
            Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void One_extension_publishes_a_few_documents_and_no_more()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        for (var i = 0; i < 10; i++)
            Assert.NotEqual("403", Publish(ada, "", 60, Document("100", "open", "busy")));
        Assert.Equal("403", Publish(ada, "", 60, Document("100", "open", "busy")));
        rig.Run(61);
        Assert.Equal("", rig.Leftovers());
    }

    private static string Publish(ScriptedPhone phone, string tag, int expires, string body)
    {
        var dialog = phone.Dial(phone.Number);
        var headers = new List<string> { "Event: presence", $"Expires: {expires}", "Content-Type: application/pidf+xml" };
        if (tag.Length > 0)
            headers.Add("SIP-If-Match: " + tag);
        dialog.Send("PUBLISH", body, [.. headers]);
        phone.ExpectSomething();
        var response = phone.Expect(phone.Unread[0].Status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return response.Status == 200 ? response["SIP-ETag"] : $"{response.Status}";
    }

    private static string Document(string number, string basic, string activity, string note = "") =>
        $"<?xml version=\"1.0\"?><presence xmlns=\"{Pidf}\" xmlns:r=\"{Rpid}\" xmlns:d=\"urn:ietf:params:xml:ns:pidf:data-model\" entity=\"sip:{number}@x\">"
        + $"<tuple id=\"a\"><status><basic>{basic}</basic></status><note>{new XText(note)}</note></tuple>"
        + $"<d:person id=\"p\"><r:activities><r:{activity}/><r:script/></r:activities></d:person></presence>";

    private static string Read(WireMessage notify)
    {
        var root = XDocument.Parse(notify.Body).Root!;
        return string.Join(' ', root.Elements(Pidf + "tuple").Select(t => t.Descendants(Pidf + "basic").Single().Value)) + " | "
            + string.Join(' ', root.Descendants(Rpid + "activities").Elements().Select(e => e.Name.LocalName));
    }
}
