using System.Xml.Linq;
using Tandem.Calls.Rooms;
using Tandem.Calls.Tenants;
using Tandem.Media.Mixing;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>The conference event package (RFC 4575).</summary>
public sealed class A_phone_watches_a_room
{
    private static readonly XNamespace Ns = "urn:ietf:params:xml:ns:conference-info";
    private static readonly RoomKey Key = new(TenantId.Default, "800");

    // RFC 4575 §3.3, §5: full state in each NOTIFY; who is in the room sees its users.
    [Fact]
    public void A_member_sees_who_comes_is_muted_and_goes()
    {
        var rig = new ExchangeRig();
        rig.Kept.Rooms["800"] = new RoomDefinition { Name = "800", Title = "Sales", MaxMembers = 10 };
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        var a = ServedPhone.Dial(rig, ada, "*6800");
        var watch = ada.Watch("*6800", "conference", out var first);
        Assert.Equal(("conference", "application/conference-info+xml"), (first["Event"], first["Content-Type"]));
        var root = XDocument.Parse(first.Body).Root!;
        Assert.Equal(("full", "0", "sip:*6800@198.51.100.1"), ((string)root.Attribute("state")!, (string)root.Attribute("version")!, (string)root.Attribute("entity")!));
        Assert.Equal(("Sales", "10"), (Text(root, "conference-description", "display-text"), Text(root, "conference-description", "maximum-user-count")));
        Assert.Equal(("1", "true", "false"), (Text(root, "conference-state", "user-count"), Text(root, "conference-state", "active"), Text(root, "conference-state", "locked")));
        Assert.Equal("sip:100@198.51.100.1 participant connected sendrecv", Users(first.Body));

        var b = ServedPhone.Dial(rig, bob, "*6800");
        Assert.Equal("sip:100@198.51.100.1 participant connected sendrecv, sip:101@198.51.100.1 participant connected sendrecv", Users(ada.Notified(watch).Body));

        // §5.8.5: "a muted participant's stream will have the value of recvonly".
        rig.Exchange.Rooms.Seat(Key, new MemberId(2), MixSeat.Default with { IsMuted = true });
        rig.Run(1);
        Assert.Equal("sip:100@198.51.100.1 participant connected sendrecv, sip:101@198.51.100.1 participant muted-via-focus recvonly", Users(ada.Notified(watch).Body));

        b.HangUp();
        Assert.Equal("sip:100@198.51.100.1 participant connected sendrecv", Users(ada.Notified(watch).Body));
        A_lamp_follows_a_call.End(ada, watch, "conference");
        a.HangUp();
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void Who_is_not_in_it_sees_how_many_they_are_alone()
    {
        var rig = new ExchangeRig();
        var (ada, cleo) = (rig.Phone("100"), rig.Phone("102"));
        var watch = cleo.Watch("*6800", "conference", out var first);
        var root = XDocument.Parse(first.Body).Root!;
        Assert.Equal(("0", "false"), (Text(root, "conference-state", "user-count"), Text(root, "conference-state", "active")));

        var a = ServedPhone.Dial(rig, ada, "*6800");
        var news = cleo.Notified(watch).Body;
        Assert.Equal(("1", ""), (Text(XDocument.Parse(news).Root!, "conference-state", "user-count"), Users(news)));
        Assert.DoesNotContain("100@", news, StringComparison.Ordinal);
        A_lamp_follows_a_call.End(cleo, watch, "conference");
        a.HangUp();
        Assert.Equal("", rig.Leftovers());
    }

    private static string Text(XElement root, string part, string element) => (string?)root.Element(Ns + part)?.Element(Ns + element) ?? "";

    private static string Users(string body) => string.Join(", ", XDocument.Parse(body).Root!.Elements(Ns + "users").Elements(Ns + "user").Select(user =>
        $"{(string)user.Attribute("entity")!} {(string)user.Element(Ns + "roles")!.Element(Ns + "entry")!} {(string)user.Element(Ns + "endpoint")!.Element(Ns + "status")!} {(string)user.Element(Ns + "endpoint")!.Element(Ns + "media")!.Element(Ns + "status")!}"));
}
