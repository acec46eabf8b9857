using System.Globalization;
using Tandem.Calls.Calls;
using Tandem.Calls.Mailboxes;
using Tandem.Calls.Subscriptions;
using Tandem.Calls.Tenants;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

public class A_subscription_lives_and_ends_as_agreed
{
    // RFC 6665 §4.2.1.4
    [Fact]
    public void Refreshed_it_lives_on_and_forgotten_it_times_out()
    {
        var rig = new ExchangeRig();
        var phone = rig.Phone("100");
        var lamp = phone.Watch("101", "dialog", out _, expires: 60);
        rig.Run(50);
        lamp.Subscribe("dialog", 120);
        Assert.Equal("120", phone.Expect("200 SUBSCRIBE")["Expires"]);
        Assert.Equal("active;expires=120", phone.Notified(lamp)["Subscription-State"]);
        phone.ExpectNothing(119);
        Assert.Equal("terminated;reason=timeout", phone.Notified(lamp)["Subscription-State"]);
        lamp.Subscribe("dialog");
        phone.Expect("481 SUBSCRIBE");
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 6665 §4.4.3: a fetch is a subscription of no length.
    [Fact]
    public void A_fetch_gets_one_document()
    {
        var rig = new ExchangeRig();
        rig.Mailboxes.Set(TenantId.Default, "100", new MailboxCounts(2, 8, 1));
        var phone = rig.Phone("100");
        phone.Watch("100", "message-summary", out var notify, expires: 0);
        Assert.Equal("terminated;reason=timeout", notify["Subscription-State"]);
        Assert.Equal("Messages-Waiting: yes\r\nMessage-Account: sip:100@198.51.100.1\r\nVoice-Message: 2/8 (1/0)\r\n", notify.Body);
        phone.ExpectNothing();
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 3842 §3.8, §3.11
    [Fact]
    public void A_mailbox_that_fills_and_empties_is_told()
    {
        var rig = new ExchangeRig();
        var phone = rig.Phone("100");
        var summary = phone.Watch("100", "message-summary", out var first);
        Assert.StartsWith("Messages-Waiting: no\r\n", first.Body, StringComparison.Ordinal);
        rig.Run(2);
        rig.Mailboxes.Set(TenantId.Default, "101", new MailboxCounts(1, 0));
        phone.ExpectNothing();
        rig.Mailboxes.Set(TenantId.Default, "100", new MailboxCounts(1, 0));
        Assert.Contains("Voice-Message: 1/0 (0/0)\r\n", phone.Notified(summary).Body, StringComparison.Ordinal);
        rig.Mailboxes.Set(TenantId.Default, "100", new MailboxCounts(0, 1));
        rig.Mailboxes.Set(TenantId.Default, "100", default);
        Assert.Contains("Voice-Message: 0/0 (0/0)\r\n", phone.Notified(summary).Body, StringComparison.Ordinal);
        phone.ExpectNothing();
        A_lamp_follows_a_call.End(phone, summary, "message-summary");
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 6665 §4.2.2: some answers to NOTIFY end the subscription, others do not.
    [Theory]
    [InlineData(481, true)]
    [InlineData(404, true)]
    [InlineData(405, true)]
    [InlineData(489, true)]
    [InlineData(604, true)]
    [InlineData(486, false)]
    [InlineData(500, false)]
    public void A_refused_notify(int status, bool ends)
    {
        var rig = new ExchangeRig();
        var phone = rig.Phone("100");
        var summary = phone.Dial("100");
        summary.Subscribe("message-summary");
        summary.Learn(phone.Expect("200 SUBSCRIBE"));
        phone.Notified(summary, status);
        rig.Run(2);
        rig.Mailboxes.Set(TenantId.Default, "100", new MailboxCounts(1, 0));
        rig.Run(1);
        Assert.Equal(ends ? 0 : 1, phone.Unread.Count);
        summary.Subscribe("message-summary", 0);
        if (ends)
        {
            phone.Expect("481 SUBSCRIBE");
            Assert.Equal("", rig.Leftovers());
        }
    }

    // RFC 3261 §20.33
    [Fact]
    public void A_watcher_who_asks_for_time_gets_it()
    {
        var rig = new ExchangeRig();
        var phone = rig.Phone("100");
        var summary = phone.Dial("100");
        summary.Subscribe("message-summary");
        summary.Learn(phone.Expect("200 SUBSCRIBE"));
        summary.Reply(phone.Expect("NOTIFY"), 503, "", "Retry-After: 20 (busy)");
        rig.Mailboxes.Set(TenantId.Default, "100", new MailboxCounts(1, 0));
        phone.ExpectNothing(19.5);
        Assert.Contains("1/0", phone.Notified(summary).Body, StringComparison.Ordinal);
        A_lamp_follows_a_call.End(phone, summary, "message-summary");
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 6665 §4.2.2: timer F
    [Fact]
    public void A_watcher_who_is_gone_is_forgotten()
    {
        var rig = new ExchangeRig();
        var phone = rig.Phone("100");
        phone.Watch("101", "dialog", out _);
        rig.Network.Detach(phone.Address);
        rig.Exchange.EndSubscriptions(0);
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 6665 §4.1.3: who is sent away by a stop comes back later; who comes meanwhile is told so.
    [Fact]
    public void A_stop_sends_watchers_away_for_a_while()
    {
        var rig = new ExchangeRig(new CallOptions { DrainRetryAfter = 25 });
        var phone = rig.Phone("100");
        var lamp = phone.Watch("101", "dialog", out _);
        rig.Exchange.BeginDrain();
        rig.Exchange.EndSubscriptions(25);
        var notify = phone.Notified(lamp);
        Assert.Equal(("terminated;reason=probation;retry-after=25", ""), (notify["Subscription-State"], notify.Body));
        phone.Dial("101").Subscribe("dialog");
        Assert.Equal("25", phone.Expect("503 SUBSCRIBE")["Retry-After"]);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void Changed_credentials_end_what_the_extension_watches()
    {
        var rig = new ExchangeRig();
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        var adas = ada.Watch("102", "dialog", out _);
        var bobs = bob.Watch("100", "dialog", out _);
        rig.Exchange.EndSubscriptionsOf(TenantId.Default, "100");
        Assert.Equal("terminated;reason=deactivated", ada.Notified(adas)["Subscription-State"]);
        bob.ExpectNothing();
        A_lamp_follows_a_call.End(bob, bobs);
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 6665 §4.2.1.1, §4.2.3, §8.2.1, §3.1.3; RFC 3903 and the packages say who may watch whom.
    [Theory]
    [InlineData("101", "Event: dialog", "200")]
    [InlineData("101", "Event: presence", "200")]
    [InlineData("100", "Event: reg", "200")]
    [InlineData("101", "Event: reg", "403")]
    [InlineData("101", "Event: message-summary", "403")]
    [InlineData("999", "Event: dialog", "404")]
    [InlineData("109%C3%A9", "Event: dialog", "404")]
    [InlineData("101", "X-No: event", "489")]
    [InlineData("101", "Event: Dialog", "489")]
    [InlineData("101", "Event: dialog.winfo", "489")]
    [InlineData("101", "Event: nothing", "489")]
    [InlineData("101", "Event: dialog\r\nEvent: presence", "400")]
    [InlineData("101", "Event: dialog;id=a;id=b", "400")]
    [InlineData("101", "Event: dialog;id=", "400")]
    [InlineData("101", "Event: dialog;id=\"<x>\"", "400")]
    [InlineData("101", "Event: dialog;call-id=x;from-tag=y", "403")]
    [InlineData("101", "Event: dialog\r\nAccept: application/sdp", "406")]
    [InlineData("101", "Event: dialog\r\nAccept:", "406")]
    [InlineData("101", "Event: dialog\r\nAccept: text/plain, application/dialog-info+xml;q=0.5", "200")]
    [InlineData("101", "Event: dialog\r\nAccept: */*", "200")]
    [InlineData("101", "Event: dialog\r\nExpires: 59", "423")]
    [InlineData("101", "Event: dialog\r\nExpires: 60", "200 60")]
    [InlineData("101", "Event: dialog\r\nExpires: 4294967295999", "200 86400")]
    [InlineData("101", "Event: dialog\r\nExpires: soon", "200 3600")]
    [InlineData("101", "Event: dialog\r\nRequire: eventlist", "420")]
    public void What_is_asked_and_what_is_answered(string number, string headers, string expected)
    {
        var rig = new ExchangeRig();
        var phone = rig.Phone("100");
        var dialog = phone.Dial(number);
        dialog.Send("SUBSCRIBE", "", headers);
        var words = expected.Split(' ');
        var response = phone.Expect(words[0] + " SUBSCRIBE");
        if (words.Length > 1)
            Assert.Equal(words[1], response["Expires"]);
        if (words[0] is "489" or "200")
            Assert.Equal("conference, dialog, message-summary, presence, reg, refer", response["Allow-Events"]);
        if (words[0] == "423")
            Assert.Equal("60", response["Min-Expires"]);
        if (words[0] != "200")
        {
            phone.ExpectNothing();
            Assert.Equal("", rig.Leftovers());
            return;
        }

        dialog.Learn(response);
        phone.Notified(dialog);
        Assert.Equal(1, rig.Exchange.Statistics().Subscriptions);
    }

    // RFC 6665 §4.5.2, RFC 5057
    [Theory]
    [InlineData("SUBSCRIBE", "Event: presence", 403)]
    [InlineData("SUBSCRIBE", "Event: dialog;id=2", 403)]
    [InlineData("BYE", "X: 1", 481)]
    [InlineData("INFO", "X: 1", 481)]
    [InlineData("INVITE", "X: 1", 403)]
    [InlineData("MESSAGE", "X: 1", 403)]
    [InlineData("OPTIONS", "X: 1", 200)]
    public void Other_uses_of_its_dialog(string method, string header, int status)
    {
        var rig = new ExchangeRig();
        var phone = rig.Phone("100");
        var lamp = phone.Watch("101", "dialog;id=7", out var first);
        Assert.Equal("dialog;id=7", first["Event"]);
        lamp.Send(method, "", header);
        var response = phone.Expect(status.ToString(CultureInfo.InvariantCulture));
        if (method == "INVITE")
            lamp.AckRefusal(response);
        lamp.Subscribe("dialog;id=7", 0);
        phone.Expect("200 SUBSCRIBE");
        phone.Notified(lamp);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void A_call_is_no_place_for_a_subscription()
    {
        var call = new TalkingCall();
        call.A.Subscribe("dialog");
        call.Ada.Expect("403 SUBSCRIBE");
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    [Fact]
    public void The_api_sees_what_is_watched()
    {
        var rig = new ExchangeRig();
        var phone = rig.Phone("100");
        phone.Watch("101", "dialog", out _, expires: 600);
        var record = Assert.Single(rig.Exchange.Subscriptions(TenantId.Default));
        Assert.Equal(("100", "101", "dialog", phone.Address), (record.Watcher, record.Number, record.Package, record.Source));
        Assert.Equal(600, (record.ExpiresAt - EpochClock.Epoch).TotalSeconds, 3.0);
    }
}
