using Tandem.Media.Recording;

namespace Tandem.Media.Tests.Recording;

public sealed class RecordingFileTests : IDisposable
{
    private readonly RecordingFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Three chunks of 100, 50 and 0 bytes, the last one final.
    private byte[] Write(string name)
    {
        using (var writer = new RecordingFileWriter(_folder[name], RecordingHeader.Create(RecordingFormat.Wav, 1, 8000, RecordingFolder.Started, _folder.Key.Id), _folder.Key))
        {
            writer.Append([1, 2], [.. Enumerable.Range(0, 100).Select(i => (byte)i)], 50, isFinal: false);
            writer.Append([3], [.. Enumerable.Range(100, 50).Select(i => (byte)i)], 25, isFinal: false);
            writer.Append([], [], 0, isFinal: true);
        }

        return File.ReadAllBytes(_folder[name]);
    }

    private RecordingFile Open(byte[] bytes)
    {
        File.WriteAllBytes(_folder["changed"], bytes);
        return RecordingFile.TryOpen(_folder["changed"], _folder.Key)!;
    }

    [Fact]
    public void What_was_written_is_read_from_any_place()
    {
        Write("a");
        using var file = RecordingFile.TryOpen(_folder["a"], _folder.Key)!;
        Assert.Equal((75L, 150L, true, new FileInfo(_folder["a"]).Length), (file.Samples, file.AudioBytes, file.IsComplete, file.WholeBytes));
        using var audio = file.OpenAudio();
        Assert.Equal(194, audio.Length);
        for (var start = 0; start <= 194; start++)
        {
            audio.Position = start;
            var rest = new byte[200];
            var length = audio.ReadAtLeast(rest, rest.Length, throwOnEndOfStream: false);
            Assert.Equal(194 - start, length);
            if (start >= 44)
                Assert.Equal(Enumerable.Range(start - 44, length).Select(i => (byte)i), rest[..length]);
        }

        Assert.Equal([[1, 2, 3]], file.ReadPeaks());
        Assert.True(file.Verify());
    }

    [Fact]
    public void No_sound_lies_in_the_open_and_no_two_files_are_alike()
    {
        var first = Write("a");
        var second = Write("b");
        Assert.True(first.AsSpan().IndexOf([.. Enumerable.Range(20, 8).Select(i => (byte)i)]) < 0);
        Assert.False(first.AsSpan(RecordingHeader.Size + RecordingChunk.HeadSize, 100).SequenceEqual(second.AsSpan(RecordingHeader.Size + RecordingChunk.HeadSize, 100)));
    }

    // Every bit is authenticated, the head and the flag of the last chunk too.
    [Fact]
    public void A_changed_bit_is_seen()
    {
        var whole = Write("a");
        for (var i = 0; i < whole.Length; i++)
        {
            var changed = (byte[])whole.Clone();
            changed[i] ^= 0x80;
            File.WriteAllBytes(_folder["changed"], changed);
            using var file = RecordingFile.TryOpen(_folder["changed"], _folder.Key);
            Assert.False(file is not null && file.Verify() && file.IsComplete, $"byte {i}");
        }
    }

    // Cut anywhere: what is whole plays, and that something is missing is seen.
    [Fact]
    public void A_cut_is_seen_and_what_is_there_plays()
    {
        var whole = Write("a");
        var first = RecordingHeader.Size + RecordingChunk.HeadSize + 102 + RecordingChunk.TagSize;
        var second = first + RecordingChunk.HeadSize + 51 + RecordingChunk.TagSize;
        for (var length = RecordingHeader.Size; length < whole.Length; length++)
        {
            using var file = Open(whole[..length]);
            Assert.Equal((false, true), (file.IsComplete, file.Verify()));
            Assert.Equal(length < first ? 0 : length < second ? 50 : 75, file.Samples);
            Assert.Equal(length < first ? RecordingHeader.Size : length < second ? first : second, file.WholeBytes);
        }

        for (var length = 0; length < RecordingHeader.Size; length++)
            Assert.Null(Open(whole[..length]));
    }

    [Fact]
    public void Chunks_cannot_change_places_or_files()
    {
        var whole = Write("a");
        var other = Write("b");
        var size = RecordingChunk.HeadSize + 102 + RecordingChunk.TagSize;
        var head = RecordingHeader.Size;
        byte[] doubled = [.. whole[..(head + size)], .. whole[head..]];
        byte[] without = [.. whole[..head], .. whole[(head + size)..]];
        byte[] foreign = [.. whole[..head], .. other[head..]];
        byte[] longer = [.. whole, .. whole[(head + size)..]];
        foreach (var (bytes, samples) in new[] { (doubled, 50L), (without, 0L), (foreign, 0L) })
        {
            using var file = Open(bytes);
            Assert.False(file.Verify());
            Assert.Equal((samples, false), (file.Samples, file.IsComplete));
        }

        // Behind the final chunk nothing is read.
        using var same = Open(longer);
        Assert.Equal((75L, true, (long)whole.Length), (same.Samples, same.IsComplete, same.WholeBytes));
    }

    [Fact]
    public void Another_key_opens_nothing()
    {
        Write("a");
        Assert.Null(RecordingFile.TryOpen(_folder["a"], new RecordingKey(Guid.NewGuid(), new byte[32])));
        using var file = RecordingFile.TryOpen(_folder["a"], new RecordingKey(_folder.Key.Id, new byte[32]))!;
        Assert.False(file.Verify());
        Assert.Equal(0, file.Samples);
        Assert.Equal(_folder.Key.Id, RecordingFile.KeyOf(_folder["a"]));
        Assert.DoesNotContain("0001", _folder.Key.ToString()[36..]);
    }

    [Fact]
    public void Other_files_are_no_recordings()
    {
        File.WriteAllBytes(_folder["x"], [.. "RIFF"u8, .. new byte[200]]);
        Assert.Null(RecordingFile.TryOpen(_folder["x"], _folder.Key));
        Assert.Null(RecordingFile.KeyOf(_folder["x"]));
        Assert.Null(RecordingFile.KeyOf(_folder["nowhere"]));
    }

    [Fact]
    public void A_recording_is_for_its_owner_alone()
    {
        Write("a");
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["a"]));
    }
}
