using Tandem.Calls.Tenants;
using Tandem.Calls.Voicemail;
using Tandem.Testing;

namespace Tandem.Calls.Tests.Voicemail;

/// <summary>Messages on the disk: they outlive the process, are bounded, and a file that is spoiled spoils no other.</summary>
public sealed class WaitingMessagesTests : IDisposable
{
    private static readonly DateTimeOffset At = new(2026, 2, 3, 4, 5, 6, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _told = [];

    private string Folder => Path.Combine(_folder.Path, "voicemail");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void They_outlive_the_process_oldest_first()
    {
        var before = Open();
        var second = Message("02") with { IsUrgent = true, Caller = "" };
        Assert.True(before.TryAdd(second));
        Assert.True(before.TryAdd(Message("01")));
        var after = Open();
        Assert.Equal([Message("01"), second], after.All());
        after.Remove("01");
        Assert.Equal((false, true), (after.Has("01"), after.Has("02")));
        Assert.Equal([second], Open().All());
        after.Remove("02");
        after.Remove("02");
        Assert.Empty(Directory.GetFiles(Folder));
        Assert.Empty(_told);
    }

    [Fact]
    public void They_are_bounded_in_all_and_for_each_box()
    {
        var waiting = Open();
        Assert.True(waiting.TryAdd(Message("01")));
        Assert.True(waiting.TryAdd(Message("02")));
        Assert.False(waiting.HasRoom(TenantId.Default, "101"));
        Assert.False(waiting.TryAdd(Message("03")));
        Assert.True(waiting.TryAdd(Message("02")));
        Assert.True(waiting.HasRoom(new TenantId("other"), "101"));
        Assert.True(waiting.TryAdd(Message("03") with { Tenant = new TenantId("other") }));
        Assert.False(waiting.HasRoom(TenantId.Default, "102"));
        Assert.False(waiting.TryAdd(Message("04") with { Number = "102" }));
        Assert.Equal((3, 3), (waiting.Count, Directory.GetFiles(Folder).Length));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("{\"Id\":\"99\",\"Tenant\":\"default\",\"Number\":\"101\"}")]
    [InlineData("{\"Id\":\"01\",\"Tenant\":\"default\",\"Number\":\"101\",\"ReceivedAt\":\"yesterday\"}")]
    public void A_spoiled_file_is_left_alone_and_told(string text)
    {
        Assert.True(Open().TryAdd(Message("02")));
        File.WriteAllText(Path.Combine(Folder, "01.json"), text);
        Assert.Equal([Message("02")], Open().All());
        Assert.Single(_told);
        Assert.True(File.Exists(Path.Combine(Folder, "01.json")));
    }

    // A process that died in the middle of it: the message was not thanked for.
    [Fact]
    public void A_file_that_was_being_written_is_none()
    {
        Assert.True(Open().TryAdd(Message("02")));
        File.WriteAllText(Path.Combine(Folder, "01.json.new"), "{");
        Assert.Equal([Message("02")], Open().All());
        Assert.Empty(_told);
    }

    [Fact]
    public void A_disk_that_takes_nothing_is_told_and_nothing_waits()
    {
        File.WriteAllText(Folder, "no folder");
        var waiting = Open();
        Assert.False(waiting.TryAdd(Message("01")));
        Assert.Equal(0, waiting.Count);
        Assert.Single(_told);
    }

    // Shards ask for room: they would stand as long as the disk does.
    [Fact]
    public async Task A_disk_that_hangs_holds_up_nobody_who_asks_and_a_place_is_taken_from_the_beginning()
    {
        var stop = TestContext.Current.CancellationToken;
        var writes = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var goOn = new ManualResetEventSlim();
        var waiting = new WaitingMessages(Folder, most: 3, mostOfBox: 1, (text, _) => _told.Add(text))
        {
            Write = (_, _) =>
            {
                writes.SetResult();
                goOn.Wait(stop);
                throw new IOException("the disk is gone");
            },
        };
        var adding = Task.Run(() => waiting.TryAdd(Message("01")), stop);
        await writes.Task.WaitAsync(stop);
        try
        {
            // The bound is only for a test that fails.
            var asked = Task.Run(() => (waiting.HasRoom(TenantId.Default, "101"), waiting.HasRoom(TenantId.Default, "102"), waiting.Count, waiting.All().Count), stop);
            Assert.Equal((false, true, 0, 0), await asked.WaitAsync(TimeSpan.FromSeconds(60), stop));
        }
        finally
        {
            goOn.Set();
        }

        Assert.False(await adding);
        Assert.True(waiting.HasRoom(TenantId.Default, "101"));
        Assert.Single(_told);
    }

    [Fact]
    public void A_write_that_fails_in_a_way_nobody_thought_of_gives_its_place_back()
    {
        var waiting = new WaitingMessages(Folder, most: 1, mostOfBox: 1, (text, _) => _told.Add(text)) { Write = (_, _) => throw new InvalidOperationException() };
        Assert.Throws<InvalidOperationException>(() => waiting.TryAdd(Message("01")));
        Assert.True(waiting.HasRoom(TenantId.Default, "101"));
    }

    [Fact]
    public void One_that_goes_makes_room_once()
    {
        var waiting = Open();
        Assert.True(waiting.TryAdd(Message("01")));
        Assert.True(waiting.TryAdd(Message("02")));
        Assert.True(waiting.TryAdd(Message("02")));
        waiting.Remove("01");
        waiting.Remove("01");
        Assert.True(waiting.TryAdd(Message("03")));
        Assert.False(waiting.TryAdd(Message("04")));
        Assert.False(Open().HasRoom(TenantId.Default, "101"));
    }

    [Fact]
    public void Nobody_else_reads_them()
    {
        Assert.True(Open().TryAdd(Message("01")));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Folder, "01.json")));
    }

    private WaitingMessages Open() => new(Folder, most: 3, mostOfBox: 2, (text, _) => _told.Add(text));

    private static VoiceMessage Message(string id) => new(id, TenantId.Default, "101", "+442079460123", "call", At, TimeSpan.FromMilliseconds(4_250));
}
