using Tandem.Core.Time;
using Tandem.Sip.Messages;
using Tandem.Sip.Overload;
using static Tandem.Sip.Tests.SipTest;

namespace Tandem.Sip.Tests.Overload;

public class OverloadControlTests
{
    private readonly TimerWheel _wheel = new(Moment.Zero);
    private readonly List<OverloadReport> _reports = [];
    private readonly OverloadControl _control;
    private Moment _now = Moment.FromMilliseconds(1_000);

    public OverloadControlTests() =>
        _control = new OverloadControl(OverloadOptions.Default, _wheel, new Random(1)) { Changed = _reports.Add };

    public static TheoryData<string, OverloadLevel> Requests => new()
    {
        { "INVITE", OverloadLevel.NewWork },
        { "REGISTER", OverloadLevel.NewWork },
        { "INVITE help", OverloadLevel.InsideDialogs },
        { "INVITE replaces", OverloadLevel.OutsideDialogs },
        { "INVITE join", OverloadLevel.OutsideDialogs },
        { "OPTIONS", OverloadLevel.OutsideDialogs },
        { "SUBSCRIBE", OverloadLevel.OutsideDialogs },
        { "MESSAGE", OverloadLevel.OutsideDialogs },
        { "REGISTER dialog", OverloadLevel.NewWork }, // To with a tag makes no dialog of it
        { "INVITE dialog", OverloadLevel.InsideDialogs },
        { "INFO dialog", OverloadLevel.InsideDialogs },
        { "NOTIFY dialog", OverloadLevel.InsideDialogs },
        { "BYE dialog", OverloadLevel.InsideDialogs + 1 },
        { "PRACK dialog", OverloadLevel.InsideDialogs + 1 },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public void Each_request_is_refused_from_its_level_on(string what, OverloadLevel first)
    {
        var words = what.Split(' ');
        var extra = words[^1] switch { "replaces" => "Replaces: a;to-tag=b;from-tag=c\r\n", "join" => "Join: a;to-tag=b;from-tag=c\r\n", _ => "" };
        var request = Good(System.Text.Encoding.ASCII.GetBytes(
            $"{words[0]} sip:101@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1\r\nFrom: <sip:100@a>;tag=1\r\n"
            + $"To: <sip:101@a>{(words[^1] == "dialog" ? ";tag=2" : "")}\r\nCall-ID: x\r\nCSeq: 1 {words[0]}\r\nContact: <sip:100@b>\r\n{extra}\r\n"));
        int[] lags = [0, 200, 500, 2_000];
        var refused = 0;
        _control.IsForHelp = _ => words[^1] == "help";
        for (var level = 0; level < lags.Length; level++)
        {
            Lag(lags[level]);
            Assert.Equal((OverloadLevel)level, _control.Level);
            var isRefused = _control.Refuses(request);
            Assert.Equal((OverloadLevel)level >= first, isRefused);
            refused += isRefused ? 1 : 0;
        }

        Assert.Equal(refused, _control.Refused);
    }

    [Fact]
    public void A_level_begins_at_its_lag_and_ends_at_half_of_it()
    {
        int[] lags = [199, 200, 101, 100, 199, 500, 251, 250, 101, 100, 2_000, 1_001, 1_000, 0];
        int[] levels = [0, 1, 1, 0, 0, 2, 2, 1, 1, 0, 3, 3, 2, 0];
        for (var i = 0; i < lags.Length; i++)
        {
            Lag(lags[i]);
            Assert.True((OverloadLevel)levels[i] == _control.Level, $"step {i}: {_control.Level}");
        }
    }

    [Fact]
    public void A_queue_to_the_database_that_fills_refuses_new_work_only()
    {
        _control.Observe(TimeSpan.Zero, 0.49, _now);
        Assert.Equal(OverloadLevel.None, _control.Level);
        _control.Observe(TimeSpan.Zero, 0.5, _now);
        Assert.Equal(OverloadLevel.NewWork, _control.Level);
        _control.Observe(TimeSpan.Zero, 1, _now);
        Assert.Equal(OverloadLevel.NewWork, _control.Level);
        _control.Observe(TimeSpan.Zero, 0, _now);
        Assert.Equal(OverloadLevel.None, _control.Level);
    }

    [Fact]
    public void An_overload_that_comes_and_goes_is_reported_once()
    {
        Lag(300);
        for (var i = 0; i < 10; i++)
        {
            After(0.1);
            Lag(0);
            After(0.2);
            Lag(i == 4 ? 450 : 250);
        }

        Assert.Equal([new OverloadReport(false, TimeSpan.FromMilliseconds(300), 0, 0, TimeSpan.Zero)], _reports);
        Lag(0);
        After(4.9);
        Assert.Single(_reports);
        After(0.2);
        Assert.Equal(new OverloadReport(true, TimeSpan.FromMilliseconds(450), 0, 0, TimeSpan.FromSeconds(3)), _reports[^1]);
        Assert.Equal(0, _wheel.Count);
        Lag(300);
        Assert.Equal(3, _reports.Count);
    }

    [Fact]
    public void Retry_after_is_spread()
    {
        var values = Enumerable.Range(0, 200).Select(_ => _control.NextRetryAfter()).ToHashSet();
        Assert.Equal([2L, 3, 4, 5, 6], values.Order());
    }

    [Fact]
    public void Zero_turns_it_off()
    {
        var off = new OverloadControl(new OverloadOptions { LagLimit = TimeSpan.Zero }, _wheel, new Random(1));
        off.Observe(TimeSpan.FromMinutes(1), 1, _now);
        Assert.Equal(OverloadLevel.None, off.Level);
    }

    private void Lag(int milliseconds) => _control.Observe(TimeSpan.FromMilliseconds(milliseconds), 0, _now);

    private void After(double seconds)
    {
        _now += TimeSpan.FromSeconds(seconds);
        _wheel.Advance(_now);
    }
}
