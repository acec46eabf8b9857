using Tandem.Media.Playback.Reading;
using Tandem.Testing;

namespace Tandem.Media.Playback.Speech;

/// <summary>With the real programs, and with a false one that shows what it was given.</summary>
public sealed class SpeakerTests : IDisposable
{
    // How long a program may take: bounds what is broken, not what is slow.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("tandem-say-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("flite")]
    [InlineData("espeak-ng")]
    public async Task Text_becomes_speech(string tool)
    {
        using var speaker = new Speaker(_folder, new PlaybackOptions { SpeechTool = tool, SpeechTimeout = Patience }, TimeProvider.System);
        var said = await speaker.SayAsync("Your order has arrived.", null, default);
        Assert.Empty(said.Error);
        Assert.True(SoundFile.TryOpen(said.Path!, new PlaybackOptions(), out var reader, out var error), error);
        var samples = Sounds.All(reader!);
        reader!.Dispose();
        Assert.InRange(samples.Length / (double)reader.SampleRate, 0.8, 4);
        Assert.True(samples.Max(sample => Math.Abs((int)sample)) > 3_000);

        Assert.Equal(said.Path, (await speaker.SayAsync("  Your order\thas\narrived. ", null, default)).Path);
        Assert.Equal((1L, 1L, 0L), (speaker.Spoken, speaker.Hits, speaker.Failed));
    }

    [Fact]
    public async Task The_text_is_on_standard_input_and_nowhere_else()
    {
        using var speaker = Fake("cat > \"$dir/heard\"; printf '%s\\n' \"$@\" > \"$dir/arguments\"; env > \"$dir/environment\"; cp \"$dir/tone\" \"$out\"");
        const string Nasty = "-o /etc/passwd; $(touch x) `touch y` \"quoted\" 'single' \u0001\u001b[31m <speak> [[x]] | & \\ %s";
        var said = await speaker.SayAsync(Nasty, null, default);
        Assert.Empty(said.Error);
        Assert.Equal("-o /etc/passwd; $(touch x) touch y \"quoted\" 'single' 31m speak x & \\ %s\n", File.ReadAllText(Path.Combine(_folder, "heard")));
        var arguments = File.ReadAllLines(Path.Combine(_folder, "arguments"));
        Assert.Equal(["-voice", "slt", "-f", "/dev/stdin", "-o"], arguments[..5]);
        Assert.Equal(6, arguments.Length);
        Assert.StartsWith(Path.Combine(_folder, "speech", "draft-"), arguments[5]);
        Assert.DoesNotContain("HOME=", File.ReadAllText(Path.Combine(_folder, "environment")));
    }

    [Fact]
    public async Task What_cannot_be_spoken_is_refused_with_the_reason()
    {
        using var speaker = Fake("cp \"$dir/tone\" \"$out\"", new PlaybackOptions { MaxSpeechCharacters = 10 });
        Assert.Contains("at most 10", (await speaker.SayAsync("01234567890", null, default)).Error);
        Assert.Contains("nothing that can be spoken", (await speaker.SayAsync(" .,;\u0001 ", null, default)).Error);
        foreach (var voice in new[] { "-v", "../x", "http://x", "a b", new string('a', 41), "1a" })
            Assert.Contains("voice", (await speaker.SayAsync("hello", voice, default)).Error);
        Assert.Equal(8, speaker.Refused);
        Assert.Equal(0, speaker.Spoken);

        using var none = new Speaker(_folder, new PlaybackOptions(), TimeProvider.System, searchPath: "/nowhere");
        Assert.Contains("install the package flite or espeak-ng", (await none.SayAsync("hello", null, default)).Error);
    }

    [Fact]
    public async Task A_program_that_fails_or_makes_no_sound_leaves_nothing()
    {
        using var failing = Fake("echo 'no such voice' >&2; exit 3");
        Assert.Equal("flite failed with 3: no such voice", (await failing.SayAsync("hello", null, default)).Error);
        using var junk = Fake("echo junk > \"$out\"");
        Assert.Contains("neither WAV", (await junk.SayAsync("hello", null, default)).Error);
        using var nothing = Fake("exit 0");
        Assert.Contains("cannot be read", (await nothing.SayAsync("hello", null, default)).Error);
        Assert.Equal(1, nothing.Failed);
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder, "speech")));
    }

    [Fact]
    public async Task A_program_that_hangs_is_ended()
    {
        var time = new HeldTime();
        using var speaker = Fake("echo $$ > \"$dir/number\"; mv \"$dir/number\" \"$dir/pid\"; exec sleep 600", time: time);
        var saying = speaker.SayAsync("hello", null, default);
        var number = Path.Combine(_folder, "pid");
        Assert.True(Wait.Until(() => File.Exists(number)));
        Assert.False(saying.IsCompleted);
        Assert.Equal(Patience, time.Limit);
        time.Pass();
        Assert.Equal("flite took longer than 60 s", (await saying).Error);
        var pid = File.ReadAllText(number).Trim();
        Assert.True(Wait.Until(() => !IsAlive(pid)));
        Assert.Equal(0, speaker.Waiting);
    }

    [Fact]
    public async Task Only_so_many_wait()
    {
        using var speaker = Fake("while [ ! -e \"$dir/go\" ]; do sleep 0.05; done; cp \"$dir/tone\" \"$out\"", new PlaybackOptions { MaxSpeechQueue = 2 });
        var all = Enumerable.Range(0, 5).Select(i => speaker.SayAsync("text " + i, null, default)).ToList();
        Assert.Equal(3, speaker.Waiting);
        File.WriteAllText(Path.Combine(_folder, "go"), "");
        var done = await Task.WhenAll(all);
        Assert.Equal(3, done.Count(said => said.Path is not null));
        Assert.All(done[3..], said => Assert.Contains("waiting to be spoken already", said.Error));
    }

    [Fact]
    public async Task The_cache_stays_within_its_size()
    {
        using var speaker = Fake("cp \"$dir/tone\" \"$out\"", new PlaybackOptions { SpeechCacheBytes = 3 * 844 });
        for (var i = 0; i < 6; i++)
            Assert.Empty((await speaker.SayAsync("text " + i, null, default)).Error);
        Assert.Equal(3, Directory.GetFiles(Path.Combine(_folder, "speech")).Length);
    }

    // The files of a process that has ended go between two looks; one whose end nobody has heard of yet has no command line.
    private static bool IsAlive(string pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Contains("sleep", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private Speaker Fake(string script, PlaybackOptions? options = null, TimeProvider? time = null)
    {
        var bin = Directory.CreateDirectory(Path.Combine(_folder, "bin")).FullName;
        var program = Path.Combine(bin, "flite");
        Script.Write(program, $"#!/bin/bash\nPATH=/usr/bin:/bin\ndir='{_folder}'\nout=\"${{@: -1}}\"\n{script}\n");
        File.WriteAllBytes(Path.Combine(_folder, "tone"), Sounds.ToneWav(400, 0.05));
        return new Speaker(_folder, (options ?? new PlaybackOptions()) with { SpeechTimeout = Patience }, time ?? TimeProvider.System, bin);
    }

    // The limit of a program is over when the test says so.
    private sealed class HeldTime : TimeProvider
    {
        private Action _over = () => { };

        public TimeSpan Limit { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (Limit, _over) = (dueTime, () => callback(state));
            return new NoTimer();
        }

        public void Pass() => _over();

        private sealed class NoTimer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }
}
