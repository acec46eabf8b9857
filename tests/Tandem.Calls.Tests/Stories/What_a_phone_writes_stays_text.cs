using Tandem.Sip.Messages;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>
/// A text that a shell, a template engine, a format string, SQL or a log lookup would act upon, in every header and body of every method: it
/// reaches the other phone only where it should, no event, and nothing throws.
/// </summary>
public class What_a_phone_writes_stays_text
{
    private const string Marker = "$(id)`id`{{7*7}}${jndi:ldap://x}%n%s';DROP--<script>";

    // What passes by intent from the caller's INVITE to the contact (RELAYED_HEADERS).
    private static readonly HeaderName[] Passes = [HeaderName.Subject, HeaderName.Priority, HeaderName.InReplyTo];

    // The frame of a message: the parser refuses the marker there or it is no text at all.
    private static readonly HeaderName[] Frame =
    [
        HeaderName.Other, HeaderName.Via, HeaderName.From, HeaderName.To, HeaderName.CallId, HeaderName.CSeq, HeaderName.Contact, HeaderName.ContentLength,
        HeaderName.ContentType, HeaderName.MaxForwards,
    ];

    public static TheoryData<HeaderName> Headers()
    {
        var data = new TheoryData<HeaderName>();
        foreach (var name in Enum.GetValues<HeaderName>().Except(Frame))
            data.Add(name);
        return data;
    }

    public static TheoryData<SipMethod> Methods()
    {
        var data = new TheoryData<SipMethod>();
        foreach (var method in Enum.GetValues<SipMethod>().Where(m => m != SipMethod.Unknown))
            data.Add(method);
        return data;
    }

    [Theory]
    [MemberData(nameof(Headers))]
    public void In_each_header_of_an_invite_and_of_its_answer(HeaderName name)
    {
        var header = $"{System.Text.Encoding.ASCII.GetString(HeaderNames.Text(name))}: {Marker}";
        var rig = new ExchangeRig();
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio(), header);
        rig.Run(0.5);
        foreach (var message in bob.Unread)
            Assert.Equal(Passes.Contains(name), message.ToString().Contains("jndi", StringComparison.Ordinal));

        if (bob.Unread.Count > 0)
        {
            var invite = bob.Expect("INVITE");
            var b = bob.Take(invite);
            b.Reply(invite, 180, "", header);
            b.Reply(invite, 200, Sdp.Audio(), header);
            rig.Run(0.5);
        }

        // Its own words come back to it where the RFC says so: Record-Route, Timestamp, and Unsupported (RFC 3261 §8.2.2.3, §8.2.6).
        foreach (var message in ada.Unread.Where(m => m.Status != 420 && name is not (HeaderName.RecordRoute or HeaderName.Timestamp)))
            Assert.DoesNotContain("jndi", message.ToString(), StringComparison.Ordinal);
        Check(rig);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void In_the_body_of_each_method_outside_a_call(SipMethod method)
    {
        var rig = new ExchangeRig();
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        ada.Dial("101").Send(
            method.ToString().ToUpperInvariant(), Marker, "Content-Type: text/plain", "Event: dialog", "Refer-To: <sip:102@198.51.100.1>", $"Contact: <{ada.ContactUri}>");
        rig.Run(0.5);

        // RFC 3428: a MESSAGE is there to bring its text to the other extension.
        foreach (var message in bob.Unread)
            Assert.Equal("MESSAGE", message.Method);
        Check(rig);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void In_the_body_and_in_headers_of_each_method_inside_a_call(SipMethod method)
    {
        var call = new TalkingCall();
        call.A.Send(
            method.ToString().ToUpperInvariant(), Marker, "Content-Type: text/plain", "Event: refer", $"Refer-To: <sip:102@198.51.100.1>;x=\"{Marker}\"",
            $"Reason: SIP;cause=200;text=\"{Marker}\"", $"Subject: {Marker}", $"Recv-Info: {Marker}", $"Session-ID: {Marker}", $"User-Agent: {Marker}");
        call.Rig.Run(0.5);

        // Two bodies and one text are meant for the other phone: INFO, MESSAGE, and why a phone hung up (RFC 3326).
        foreach (var message in call.Bob.Unread.Where(m => m.ToString().Contains("jndi", StringComparison.Ordinal)))
            Assert.Contains(message.Method, new[] { "INFO", "MESSAGE", "BYE" });
        Check(call.Rig);
    }

    private static void Check(ExchangeRig rig)
    {
        Assert.Empty(rig.Faults);
        Assert.All(rig.Events.All, e => Assert.DoesNotContain("jndi", e.ToString(), StringComparison.Ordinal));
        Assert.All(rig.Calls, c => Assert.DoesNotContain("jndi", c.ToString(), StringComparison.Ordinal));
    }
}
