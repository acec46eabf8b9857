using Tandem.Sip.Resolution;

namespace Tandem.Sip.Tests.Resolution;

/// <summary>How long answers are kept (RFC 1035 §3.2.1, RFC 2308), equal questions, silence, and limits.</summary>
public sealed class DnsResolverTests
{
    private static readonly DnsQuestion Question = new("a.test", DnsType.A);

    [Fact]
    public void An_answer_is_kept_as_long_as_its_ttl()
    {
        var rig = new LocatorRig(zone: ["a.test 60 A 192.0.2.1"]);
        Assert.Equal("192.0.2.1", Ask(rig));
        rig.Zone.Clear();
        rig.Zone.Add("a.test 60 A 192.0.2.2");

        rig.Wait(59.9);
        Assert.Equal("192.0.2.1", Ask(rig));
        rig.Wait(0.2);
        Assert.Equal("192.0.2.2", Ask(rig));
        Assert.Equal((2, 1), (rig.Locator.Counters.Asked, rig.Locator.Counters.FromCache));
    }

    [Theory]
    // A TTL of 0 is kept for the least time, one of a day for the most.
    [InlineData(0, 5)]
    [InlineData(86_400, 3_600)]
    public void The_ttl_is_bounded(int ttl, double seconds)
    {
        var rig = new LocatorRig(zone: [$"a.test {ttl} A 192.0.2.1"]);
        Ask(rig);
        rig.Wait(seconds - 0.1);
        Ask(rig);
        Assert.Equal(1, rig.Locator.Counters.Asked);
        rig.Wait(0.2);
        Ask(rig);
        Assert.Equal(2, rig.Locator.Counters.Asked);
    }

    [Fact]
    public void That_there_is_nothing_is_kept_as_well()
    {
        // RFC 2308 §5.
        var rig = new LocatorRig();
        rig.Zone.NegativeTtl = 30;
        Assert.Equal("NoName", Ask(rig));
        rig.Zone.Add("a.test 60 A 192.0.2.1");
        rig.Wait(29.9);
        Assert.Equal("NoName", Ask(rig));
        rig.Wait(0.2);
        Assert.Equal("192.0.2.1", Ask(rig));
    }

    [Fact]
    public void Equal_questions_are_asked_once()
    {
        var rig = new LocatorRig(zone: ["a.test 60 A 192.0.2.1"]);
        rig.Zone.Holds = true;
        var answers = 0;
        for (var i = 0; i < 100; i++)
            rig.Locator.Resolver.Resolve(Question, rig.Now, (_, _) => answers++);

        Assert.Equal((0, 1), (answers, rig.Locator.Resolver.Questions));
        rig.Zone.Release();
        Assert.Equal((100, 0, 0), (answers, rig.Locator.Resolver.Questions, rig.Wheel.Count));
        Assert.Equal((1, 99), (rig.Locator.Counters.Asked, rig.Locator.Counters.Joined));
    }

    [Fact]
    public void While_no_server_answers_the_last_answer_serves_on_for_its_time()
    {
        var rig = new LocatorRig(new ResolutionOptions { MaxStale = TimeSpan.FromMinutes(10) }, zone: ["a.test 60 A 192.0.2.1"]);
        Ask(rig);
        rig.Zone.Code = 2;
        rig.Wait(61);
        Assert.Equal("192.0.2.1", Ask(rig));

        // Just now there was no answer: it is not asked for again at once.
        Assert.Equal("192.0.2.1", Ask(rig));
        Assert.Equal(2, rig.Locator.Counters.Asked);
        rig.Wait(5.1);
        Assert.Equal("192.0.2.1", Ask(rig));
        Assert.Equal(3, rig.Locator.Counters.Asked);
        Assert.Equal(3, rig.Locator.Counters.Stale);

        rig.Wait(600);
        Assert.Equal("Failed", Ask(rig));
        rig.Zone.Code = 0;
        rig.Wait(5.1);
        Assert.Equal("192.0.2.1", Ask(rig));
    }

    [Fact]
    public void A_failure_is_kept_for_a_moment()
    {
        var rig = new LocatorRig(zone: ["a.test 60 A 192.0.2.1"]);
        rig.Zone.Code = 2;
        Assert.Equal("Failed", Ask(rig));
        rig.Zone.Code = 0;
        Assert.Equal("Failed", Ask(rig));
        rig.Wait(5.1);
        Assert.Equal("192.0.2.1", Ask(rig));
    }

    [Fact]
    public void A_late_answer_is_not_taken()
    {
        var rig = new LocatorRig(zone: ["a.test 60 A 192.0.2.1"]);
        rig.Zone.Holds = true;
        var answers = new List<string>();
        rig.Locator.Resolver.Resolve(Question, rig.Now, (answer, _) => answers.Add(answer.Status.ToString()));
        rig.Wait(8);
        rig.Zone.Release();

        Assert.Equal(["Failed"], answers);
        Assert.Equal(0, rig.Locator.Resolver.Questions);
    }

    [Fact]
    public void Cache_questions_and_waiting_requests_are_bounded()
    {
        var rig = new LocatorRig(new ResolutionOptions { MaxEntries = 10, MaxQuestions = 3, MaxWaiting = 2 });
        for (var i = 0; i < 50; i++)
            Ask(rig, new DnsQuestion($"n{i}.test", DnsType.A));
        Assert.Equal(10, rig.Locator.Resolver.Entries);

        rig.Zone.Holds = true;
        var failed = 0;
        for (var i = 0; i < 5; i++)
            rig.Locator.Resolver.Resolve(new DnsQuestion($"m{i}.test", DnsType.A), rig.Now, (_, _) => failed++);
        Assert.Equal((3, 2), (rig.Locator.Resolver.Questions, failed));
        rig.Locator.Resolver.Resolve(new DnsQuestion("m0.test", DnsType.A), rig.Now, (_, _) => failed++);
        rig.Locator.Resolver.Resolve(new DnsQuestion("m0.test", DnsType.A), rig.Now, (_, _) => failed++);
        Assert.Equal(3, failed);
    }

    [Fact]
    public void What_the_machine_itself_knows_is_not_asked_for()
    {
        var rig = new LocatorRig(zone: ["pbx.test 60 A 192.0.2.1"]);
        rig.Locator.Resolver.Hosts = HostsTable.Parse("# comment\n10.0.0.9 PBX.test pbx # more\n2001:db8::9\tpbx.test\nnonsense line\n::1 localhost\n");

        Assert.Equal("10.0.0.9", Ask(rig, new DnsQuestion("pbx.test", DnsType.A)));
        Assert.Equal("2001:db8::9", Ask(rig, new DnsQuestion("pbx.test", DnsType.Aaaa)));
        Assert.Equal("NoData", Ask(rig, new DnsQuestion("pbx", DnsType.Aaaa)));
        Assert.Equal("127.0.0.1", Ask(rig, new DnsQuestion("a.localhost", DnsType.A)));
        Assert.Empty(rig.Zone.Asked);
        Assert.Equal("NoData", Ask(rig, new DnsQuestion("pbx.test", DnsType.Srv)));
    }

    [Fact]
    public void Name_servers_are_read_from_resolv_conf()
    {
        var servers = ResolvConf.Parse("search office.example\nnameserver 192.0.2.53\n#nameserver 192.0.2.54\nnameserver fe80::1%eth0x\noptions edns0\nnameserver 2001:db8::53\n");

        Assert.Contains("192.0.2.53:53", servers.Select(s => s.ToString()));
        Assert.Contains("[2001:db8::53]:53", servers.Select(s => s.ToString()));
        Assert.DoesNotContain("192.0.2.54:53", servers.Select(s => s.ToString()));
        Assert.True(ResolvConf.TryParseServer("127.0.0.1:5353", out var server));
        Assert.Equal("127.0.0.1:5353", server.ToString());
        Assert.True(ResolvConf.TryParseServer("[2001:db8::53]:5353", out server));
        Assert.Equal("[2001:db8::53]:5353", server.ToString());
        Assert.False(ResolvConf.TryParseServer("0.0.0.0", out _));
        Assert.False(ResolvConf.TryParseServer("ns.example", out _));
        Assert.False(ResolvConf.TryParseServer("127.0.0.1:0", out _));
    }

    private static string Ask(LocatorRig rig, DnsQuestion? question = null)
    {
        var text = "not answered";
        rig.Locator.Resolver.Resolve(question ?? Question, rig.Now, (answer, _) =>
            text = answer.Status == DnsAnswerStatus.Found ? string.Join(',', answer.Records.Select(r => r.Address.HostText())) : answer.Status.ToString());
        return text;
    }
}
