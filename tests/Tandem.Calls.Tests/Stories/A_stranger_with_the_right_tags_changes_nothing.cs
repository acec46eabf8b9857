using Tandem.Sip.Messages;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>
/// Somebody who has seen a call on the wire knows its Call-ID and tags. From another host that is not enough; with the credentials of the extension
/// it is a phone that changed its network (RFC 3261 §22.3).
/// </summary>
public class A_stranger_with_the_right_tags_changes_nothing
{
    private readonly ExchangeRig _rig = new(credentials: true);
    private readonly ScriptedPhone _ada;
    private readonly ScriptedPhone _bob;
    private readonly ScriptedPhone _mallory;
    private readonly PhoneDialog _a;
    private readonly PhoneDialog _b;
    private int _cseq = 100;

    public A_stranger_with_the_right_tags_changes_nothing()
    {
        _ada = _rig.Phone("100");
        _bob = _rig.Phone("101");
        _mallory = _rig.Phone("104", registered: false);
        _a = _ada.Dial("101");
        _a.Invite(Sdp.Audio());
        var challenge = _ada.Expect("407");
        _a.AckRefusal(challenge);
        _a.Invite(Sdp.Audio(), DigestAnswer.Header(challenge, "INVITE", "sip:101@198.51.100.1", "100", "secret-100"));
        var invite = _bob.Expect("INVITE");
        _b = _bob.Take(invite);
        _b.Reply(invite, 200, Sdp.Audio(), "Allow: INVITE, ACK, BYE, CANCEL, UPDATE");
        _bob.Expect("ACK");
        _a.Ack(_ada.Expect("200 INVITE"));
        _rig.Run(1);
    }

    public static TheoryData<SipMethod> Methods()
    {
        var data = new TheoryData<SipMethod>();
        foreach (var method in Enum.GetValues<SipMethod>())
            data.Add(method);
        return data;
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Without_credentials(SipMethod method)
    {
        Forge(method);
        _rig.Run(2);
        var answers = _mallory.Unread.Select(m => m.Status.ToString(System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(Harmless(method).Length == 0 ? 0 : 1, answers.Length);
        foreach (var answer in answers)
        {
            Assert.Contains(answer, Harmless(method).Split('|'));
            _mallory.Expect(answer);
        }

        Goes_on();
    }

    // The right tags and the credentials of somebody else: not the peer of this dialog.
    [Fact]
    public void With_the_credentials_of_another_extension()
    {
        Forge(SipMethod.Bye);
        var challenge = _mallory.Expect("407");
        Forge(SipMethod.Bye, DigestAnswer.Header(challenge, "BYE", _a.RemoteTarget, "104", "secret-104"));
        _mallory.Expect("403 BYE");
        Goes_on();
    }

    // A phone that moved from one network to another proves itself once, and is found there from then on.
    [Fact]
    public void With_its_own_credentials_it_is_the_phone_in_another_network()
    {
        Forge(SipMethod.Update);
        var challenge = _mallory.Expect("407");
        Forge(SipMethod.Update, DigestAnswer.Header(challenge, "UPDATE", _a.RemoteTarget, "100", "secret-100"));
        _mallory.Expect("200 UPDATE");
        _b.Send("BYE");
        _bob.Expect("200 BYE");
        Assert.Empty(_ada.Unread);
        var bye = _mallory.Expect("BYE");
        _mallory.Take(bye).Reply(bye, 200);
        Assert.Equal("", _rig.Leftovers());
    }

    // RFC 3261 §9.1: a CANCEL comes the way of its INVITE; §22.1: it cannot be challenged.
    [Fact]
    public void A_cancel_from_elsewhere_cancels_nothing()
    {
        var cleo = _rig.Phone("102");
        var d = _ada.Dial("102");
        d.Invite(Sdp.Audio());
        var challenge = _ada.Expect("407");
        d.AckRefusal(challenge);
        d.Invite(Sdp.Audio(), DigestAnswer.Header(challenge, "INVITE", "sip:102@198.51.100.1", "100", "secret-100"));
        var invite = cleo.Expect("INVITE");
        _mallory.Send(
            $"CANCEL sip:102@198.51.100.1 SIP/2.0\r\nVia: SIP/2.0/UDP {_ada.Address};branch={d.LastBranch};rport\r\nMax-Forwards: 70\r\nFrom: {d.LocalUri};tag={d.LocalTag}\r\n"
            + $"To: {d.RemoteUri}\r\nCall-ID: {d.CallId}\r\nCSeq: {d.LastCSeq} CANCEL\r\nContent-Length: 0\r\n\r\n");
        _mallory.Expect("481 CANCEL");
        cleo.ExpectNothing(1);
        var c = cleo.Take(invite);
        c.Reply(invite, 486);
        cleo.Expect("ACK");
        d.AckRefusal(_ada.Expect("486"));
        Goes_on();
    }

    // The status that each method gets from us and that tells a stranger nothing he could not know.
    private static string Harmless(SipMethod method) => method switch
    {
        SipMethod.Ack => "",
        SipMethod.Cancel or SipMethod.Prack => "481",
        SipMethod.Options => "200",
        SipMethod.Register => "401",
        SipMethod.Unknown => "405",
        SipMethod.Message or SipMethod.Publish or SipMethod.Subscribe or SipMethod.Notify => "401|407|405|481",
        _ => "407",
    };

    private void Forge(SipMethod method, params string[] headers)
    {
        var name = method == SipMethod.Unknown ? "FANCY" : method.ToString().ToUpperInvariant();
        var more = string.Concat(headers.Select(h => h + "\r\n"));
        var to = method == SipMethod.Register ? "<sip:104@198.51.100.1>" : $"{_a.RemoteUri};tag={_a.RemoteTag}";
        var from = method == SipMethod.Register ? "<sip:104@198.51.100.1>;tag=x" : $"{_a.LocalUri};tag={_a.LocalTag}";
        _cseq++;
        _mallory.Send(
            $"{name} {(method == SipMethod.Register ? "sip:198.51.100.1" : _a.RemoteTarget)} SIP/2.0\r\nVia: SIP/2.0/UDP {_mallory.Address};branch=z9hG4bKforged{_cseq};rport\r\nMax-Forwards: 70\r\n"
            + $"From: {from}\r\nTo: {to}\r\nCall-ID: {_a.CallId}\r\nCSeq: {_cseq} {name}\r\nContact: <{_mallory.ContactUri}>\r\n"
            + $"Refer-To: <sip:104@198.51.100.1>\r\nEvent: refer\r\nSubscription-State: active\r\nRAck: 1 1 INVITE\r\n{more}Content-Length: 0\r\n\r\n");
    }

    // The call is as it was: requests reach the phones where they are, and both hear each other's BYE.
    private void Goes_on()
    {
        Assert.Empty(_ada.Unread);
        Assert.Empty(_bob.Unread);
        Assert.Contains(_rig.Calls, c => c.CalleeNumber == "101");
        _b.Send("INFO", "x", "Content-Type: text/plain");
        _a.Reply(_ada.Expect("INFO"), 200);
        _bob.Expect("200 INFO");
        _a.Send("INFO", "x", "Content-Type: text/plain"); // with a lower CSeq than the stranger's
        _b.Reply(_bob.Expect("INFO"), 200);
        _ada.Expect("200 INFO");
        _b.Send("BYE");
        _bob.Expect("200 BYE");
        _a.Reply(_ada.Expect("BYE"), 200);
        Assert.Empty(_mallory.Unread);
        Assert.Equal("", _rig.Leftovers());
    }
}
