using Tandem.Calls.Calls;
using Tandem.Calls.Ports;
using Tandem.Calls.Rooms;
using Tandem.Calls.Tenants;
using Tandem.Media;
using Tandem.Media.Events;
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
        var rooms = new RoomTable(media, 10);
        var (first, second) = (new RoomKey(TenantId.Default, "1"), new RoomKey(TenantId.Default, "2"));
        var member = rooms.Enter(first, Entry(media.Session("01A"), "01A", "100"), out _)!.Member;
        Assert.False(Assert.Single(rooms.Find(first)!.Members).IsSpeaking);

        // On another thread, and the table is held until that has come back.
        media.WhileOpening = () => Task.Run(() =>
        {
            foreach (var isSpeaking in new[] { true, false, true })
                media.Mixes[0].Tell(new MemberSpeech(member, isSpeaking, isSpeaking ? -20 : -90));
        }).Wait(TimeSpan.FromSeconds(20));
        await Task.Run(() => rooms.Enter(second, Entry(media.Session("01B"), "01B", "101"), out _), TestContext.Current.CancellationToken);
        Assert.True(media.CameBack);
        var heard = Assert.Single(rooms.Find(first)!.Members);
        Assert.Equal((true, -20.0), (heard.IsSpeaking, heard.LevelDb));
        media.Mixes[0].Tell(new MemberSpeech(member, false, -80));
        Assert.False(Assert.Single(rooms.Of(TenantId.Default)[0].Members).IsSpeaking);
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

        public IMediaSession? Open(CallId call, TenantId tenant, Action<MediaEvent> happened) => ((IMediaService)_inner).Open(call, tenant, happened);

        public IMediaMix? OpenMix(TenantId tenant, Action<MediaEvent> heard)
        {
            CameBack = WhileOpening?.Invoke() ?? false;
            return _inner.OpenMix(tenant, heard);
        }

        public IMonitorLine OpenMonitor() => _inner.OpenMonitor();
    }
}
