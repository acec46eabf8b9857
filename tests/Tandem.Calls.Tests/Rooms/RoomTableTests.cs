using Tandem.Calls.Calls;
using Tandem.Calls.Ports;
using Tandem.Calls.Rooms;
using Tandem.Calls.Tenants;
using Tandem.Media;
using Tandem.Media.Events;
using Tandem.Media.Mixing;
using Tandem.Testing.Media;

namespace Tandem.Calls.Tests.Rooms;

public sealed class RoomTableTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    // The loop of the media tells while the table is busy: it goes on at once, and what it told is noted, the last word of each member.
    [Fact]
    public async Task A_media_loop_waits_for_nobody_and_what_it_heard_is_noted_in_order()
    {
        var media = new SlowMedia();
        var rooms = new RoomTable(media, 10, new RoomOptions());
        var (first, second) = (new RoomKey(TenantId.Default, "1"), new RoomKey(TenantId.Default, "2"));
        var member = rooms.Enter(first, Entry(media.Session("01A"), "01A", "100"), out _)!.Member;
        Assert.False(Assert.Single(rooms.Find(first)!.Members).IsSpeaking);

        // On another thread, and the table is held until that has come back.
        media.WhileOpening = () => Task.Run(() =>
        {
            foreach (var isSpeaking in new[] { true, false, true })
                media.Mixes[0].Tell(new MemberSpeech(member, isSpeaking, isSpeaking ? -20 : -90));
        }).Wait(TimeSpan.FromSeconds(60));
        await Task.Run(() => rooms.Enter(second, Entry(media.Session("01B"), "01B", "101"), out _), TestContext.Current.CancellationToken);
        Assert.True(media.CameBack);
        var heard = Assert.Single(rooms.Find(first)!.Members);
        Assert.Equal((true, -20.0), (heard.IsSpeaking, heard.LevelDb));
        media.Mixes[0].Tell(new MemberSpeech(member, false, -80));
        Assert.False(Assert.Single(rooms.Of(TenantId.Default)[0].Members).IsSpeaking);
    }

    // A sub-conversation is private to who comes later, too, from the first tick on that the mix has him: in the matrix both directions are shut.
    [Fact]
    public void Who_comes_late_does_not_hear_a_private_group()
    {
        var media = new FakeMediaService();
        var rooms = new RoomTable(media, 10, new RoomOptions());
        var key = new RoomKey(TenantId.Default, "1");
        var (a, b, c) = (Enter("01A", "100"), Enter("01B", "101"), Enter("01C", "102"));
        Assert.True(rooms.Group(key, [a, b]));
        var mix = Assert.Single(media.Mixes);
        var late = Enter("01D", "103");
        Assert.Equal(
            [(a, c), (a, late), (b, c), (b, late), (c, a), (c, b), (late, a), (late, b)],
            mix.Routes.Where(route => route.Value is null).Select(route => route.Key).OrderBy(pair => (pair.From.Value, pair.To.Value)));
        Assert.Equal((false, false), (mix.Members[late].Seat.IsMuted, mix.Members[late].Seat.IsDeaf));

        // He joined deaf and mute, and was let in when the matrix was set.
        Assert.Equal([(late, true, true), (late, false, false)], mix.Seats.Where(s => s.Member == late).Select(s => (s.Member, s.Seat.IsMuted, s.Seat.IsDeaf)));

        // Another group: whoever is taken out of the first is in the second alone.
        Assert.True(rooms.Group(key, [b, c]));
        var later = Enter("01E", "104");
        Assert.Null(mix.Routes[(a, later)]);
        Assert.Null(mix.Routes[(c, later)]);
        Assert.Null(mix.Routes[(a, b)]);
        Assert.False(mix.Routes.ContainsKey((b, c)));
        Assert.False(mix.Routes.ContainsKey((late, later)));

        Assert.True(rooms.Ungroup(key));
        Assert.Empty(mix.Routes);
        var last = Enter("01F", "105");
        Assert.Empty(mix.Routes);
        Assert.Single(mix.Seats, s => s.Member == last);

        MemberId Enter(string call, string number) =>
            rooms.Enter(key, Entry(((IMediaService)media).Open(new CallId(call), TenantId.Default, _ => { })!, call, number), out _)!.Member;
    }

    // However large a room is, its end is spread: as many calls as are let go at once, and one more with each that has left.
    [Fact]
    public void The_end_of_a_large_room_is_spread_and_reaches_all()
    {
        var media = new FakeMediaService();
        var rooms = new RoomTable(media, 10, new RoomOptions { EndsAtOnce = 3 });
        var key = new RoomKey(TenantId.Default, "1");
        var told = new Queue<RoomVisit>();
        for (var i = 0; i < 10; i++)
        {
            RoomVisit? visit = null;
            var call = $"01{i}";
            visit = rooms.Enter(key, Entry(((IMediaService)media).Open(new CallId(call), TenantId.Default, _ => { })!, call, "100") with { Tell = notice => told.Enqueue(notice == RoomNotice.Ended ? visit! : null!) }, out _);
        }

        Assert.Equal(10, rooms.End(key));
        Assert.Equal(3, told.Count);
        var most = 0;
        var left = 0;
        while (told.TryDequeue(out var visit))
        {
            rooms.Leave(visit);
            left++;
            most = Math.Max(most, told.Count);
        }

        Assert.Equal((10, 3, 0, 0), (left, most, rooms.Count, rooms.MemberCount));
        Assert.Empty(media.Mixes);
    }

    private static RoomEntry Entry(IMediaSession session, string call, string number) =>
        new(RoomDefinition.Made("1"), session, CallSide.Caller, new CallId(call), number, RoomRole.Participant, _ => { });

    private sealed class SlowMedia : IMediaService
    {
        private readonly FakeMediaService _inner = new();

        public Func<bool>? WhileOpening { get; set; }

        public bool CameBack { get; private set; }

        public List<FakeMediaMix> Mixes => _inner.Mixes;

        public int PortsInUse => 0;

        public int PortsInQuarantine => 0;

        public IMediaSession Session(string call) => Open(new CallId(call), TenantId.Default, _ => { })!;

        public IMediaSession? Open(CallId call, TenantId tenant, Action<MediaEvent> happened, bool isForHelp = false) => ((IMediaService)_inner).Open(call, tenant, happened);

        public IMediaMix? OpenMix(TenantId tenant, Action<MediaEvent> heard)
        {
            CameBack = WhileOpening?.Invoke() ?? false;
            return _inner.OpenMix(tenant, heard);
        }

        public IMonitorLine OpenMonitor() => _inner.OpenMonitor();
    }
}
