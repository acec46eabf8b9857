using Tandem.Calls.Calls;
using Tandem.Calls.Recording;
using Tandem.Calls.Tenants;
using Tandem.Core.Time;
using Tandem.Media.Recording;
using Tandem.Server.Rest;

namespace Tandem.Server.Hosting;

/// <summary>The sound of a message that came into no box goes, whatever its recording is at.</summary>
public sealed class VoicemailSoundTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Task<ApiServer> StartAsync() => ApiServer.StartAsync(options => options with
    {
        Media = options.Media with { Recording = options.Media.Recording with { MinFreeBytes = 0, PollInterval = TimeSpan.FromMilliseconds(5) } },
    });

    // Its extension was removed before its end was written: deleted at once, its end would make an entry anew that has no file.
    [Fact]
    public async Task One_that_was_abandoned_as_it_was_made_is_deleted_when_it_is_over()
    {
        await using var server = await StartAsync();
        var (recorder, entry) = await BeginAsync(server);
        Assert.True(await server.Storage.Voicemail.SetGreetingAsync(TenantId.Default, "98765", recorder.Id, "", Cancellation));
        var dropping = new VoicemailSound(server.Storage, server.Recordings, new PacedTime(20)).DropAsync(TenantId.Default, recorder.Id, Cancellation);
        await Task.WhenAny(dropping, Task.Delay(300, Cancellation));
        Assert.False(dropping.IsCompleted);
        recorder.Stop();
        await dropping;
        await server.Recordings.DisposeAsync();
        Assert.Null(await server.Storage.Recordings.FindAsync(TenantId.Default, recorder.Id, Cancellation));
        Assert.False(File.Exists(Path.Combine(server.Recordings.Folder, entry.File)));
    }

    // Without a retention nothing else would ever delete it.
    [Fact]
    public async Task One_that_does_not_end_for_seconds_is_abandoned_and_goes_after_its_end()
    {
        await using var server = await StartAsync();
        var (recorder, entry) = await BeginAsync(server);
        await new VoicemailSound(server.Storage, server.Recordings, new PacedTime(0.02)).DropAsync(TenantId.Default, recorder.Id, Cancellation);
        Assert.Equal(RecordingState.Abandoned, (await server.Storage.Recordings.FindAsync(TenantId.Default, recorder.Id, Cancellation))!.State);
        Assert.Equal(0, await server.Recordings.DeleteOldAsync(Cancellation));

        recorder.Stop();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while ((await server.Storage.Recordings.FindAsync(TenantId.Default, recorder.Id, Cancellation))!.EndedAt is null)
            await timer.WaitForNextTickAsync(Cancellation);
        Assert.Equal(1, await server.Recordings.DeleteOldAsync(Cancellation));
        Assert.False(File.Exists(Path.Combine(server.Recordings.Folder, entry.File)));
    }

    private static async Task<(Recorder Recorder, RecordingEntry Entry)> BeginAsync(ApiServer server)
    {
        var recorder = server.Recordings.TryStart(new RecordingOrder(TenantId.Default, new CallId("call"), "100", "101"), out var problem);
        Assert.True(recorder is not null, problem);
        var sound = new short[320];
        for (var i = 0; i < 10; i++)
            recorder.Write(sound, sound, 16_000, Moment.FromMilliseconds(i * 20));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (true)
        {
            if (await server.Storage.Recordings.FindAsync(TenantId.Default, recorder.Id, Cancellation) is { } entry)
                return (recorder, entry);

            await timer.WaitForNextTickAsync(Cancellation);
        }
    }

    /// <summary>Timers take so many times as long: an end that must not come by itself is far away, one that must come is near.</summary>
    private sealed class PacedTime(double times) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(callback, state, Paced(dueTime), Paced(period));

        private TimeSpan Paced(TimeSpan time) => time > TimeSpan.Zero ? time * times : time;
    }
}
