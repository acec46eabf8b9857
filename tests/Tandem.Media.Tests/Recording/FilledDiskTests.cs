using System.Security.Cryptography;
using Tandem.Media.Events;
using Tandem.Media.Recording;

namespace Tandem.Media.Tests.Recording;

/// <summary>A disk that fills up while it is written to: what was whole stays and plays, and what is told of it is true.</summary>
public sealed class FilledDiskTests : IDisposable
{
    private static readonly RecordingOptions Quick = new() { PollInterval = TimeSpan.FromMilliseconds(5) };

    private readonly RecordingFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    // Others were faster than the look at the free bytes: the disk takes half of a chunk, and no more.
    [Theory]
    [InlineData(RecordingFormat.Wav)]
    [InlineData(RecordingFormat.Ogg)]
    public async Task A_disk_that_fills_up_within_a_second_leaves_what_was_whole_and_says_so(RecordingFormat format)
    {
        var room = format == RecordingFormat.Wav ? 150_000 : 12_000;
        using var engine = Engine((path, options) => new SmallDisk(path, options, path.EndsWith("a.rec", StringComparison.Ordinal) ? room : int.MaxValue));
        var (recorder, other) = (Start(engine, _folder.Request(format: format)), Start(engine, _folder.Request("b.rec")));
        for (var second = 0; second < 10; second++)
        {
            // A second at a time: nobody empties the ring of a recording that has ended.
            Assert.True(SpinWait.SpinUntil(() => recorder.Completion.IsCompleted || recorder.Ring.Free == Quick.RingSamples, TimeSpan.FromSeconds(20)));
            RecordingFolder.Speak(recorder, recorder.Completion.IsCompleted ? 0 : 50, from: second * 50);
            RecordingFolder.Speak(other, 50, from: second * 50);
        }

        var summary = await recorder.Completion.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
        Assert.Equal((RecordingEnd.Storage, "No space left on device"), (summary.Reason, summary.Error));
        Assert.Equal(RecordingEnd.Stopped, (await StopAsync(other)).Reason);
        using var file = RecordingFile.TryOpen(_folder["a.rec"], _folder.Key)!;
        Assert.True(file.Verify());
        Assert.Equal((false, summary.Duration, summary.Bytes), (file.IsComplete, file.Duration, file.WholeBytes));
        Assert.InRange(summary.Duration.TotalSeconds, 1, 9);
        Assert.InRange(summary.Bytes, 1, room);
        Assert.Equal(summary.Bytes, new FileInfo(_folder["a.rec"]).Length);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(_folder["a.rec"]))), summary.Sha256);
    }

    [Fact]
    public async Task A_disk_without_room_for_a_beginning_keeps_no_file()
    {
        using var engine = Engine((path, options) => new SmallDisk(path, options, 10));
        var summary = await Start(engine, _folder.Request()).Completion.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
        Assert.Equal((RecordingEnd.Storage, 0L, "No space left on device"), (summary.Reason, summary.Bytes, summary.Error));
        Assert.False(File.Exists(_folder["a.rec"]));
    }

    private static RecordingEngine Engine(Func<string, FileStreamOptions, FileStream> open) => new(Quick, null, open);

    private static Recorder Start(RecordingEngine engine, RecordingRequest request)
    {
        var recorder = engine.TryStart(request, out var problem);
        Assert.Equal("", problem);
        return recorder!;
    }

    private static async Task<RecordingSummary> StopAsync(Recorder recorder)
    {
        recorder.Stop();
        return await recorder.Completion.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
    }

    // As a disk with so many bytes left: it takes what fits (write(2)), then ENOSPC.
    private sealed class SmallDisk(string path, FileStreamOptions options, int room) : FileStream(path, options)
    {
        private int _left = room;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            var fits = Math.Min(_left, buffer.Length);
            base.Write(buffer[..fits]);
            _left -= fits;
            if (fits < buffer.Length)
                throw new IOException("No space left on device");
        }
    }
}
