using System.Text.Json;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Voicemail;

/// <summary>
/// Messages that were left while the database was away: one small file each, written and flushed before the caller is thanked, until they are in their boxes. The sound is a recording as that of any
/// message. They outlive the process. Bounded in all, and for each box. Thread-safe; adding and removing wait for the disk, the rest never does.
/// </summary>
public sealed class WaitingMessages
{
    private const string Suffix = ".json";

    private readonly string _folder;
    private readonly int _most;
    private readonly int _mostOfBox;
    private readonly Action<string, Exception?> _told;
    private readonly Lock _disk = new(); // taken first where both are; a disk may take long, and shards ask for room
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, VoiceMessage> _messages = new(StringComparer.Ordinal);
    private readonly Dictionary<(TenantId Tenant, string Number), int> _boxes = []; // places taken: messages, and what is being written
    private int _places; // of all boxes

    /// <summary>Takes over what a former run left.</summary>
    /// <param name="folder">Theirs alone; made with the first message.</param>
    /// <param name="most">Messages in all.</param>
    /// <param name="mostOfBox">Messages of one box: who calls it all the time does not fill the rest.</param>
    /// <param name="told">Hears which file cannot be read or written; it must not throw.</param>
    public WaitingMessages(string folder, int most, int mostOfBox, Action<string, Exception?> told)
    {
        _folder = folder;
        _most = most;
        _mostOfBox = mostOfBox;
        _told = told;
        if (!Directory.Exists(folder))
            return;

        foreach (var file in Directory.EnumerateFiles(folder, "*" + Suffix))
        {
            if (_messages.Count < most && Read(file) is { } message && _messages.TryAdd(message.Id, message))
                TakePlace(message);
        }
    }

    /// <summary>Writes and flushes the file of a message.</summary>
    internal Action<string, VoiceMessage> Write { get; init; } = WriteToDisk;

    /// <summary>How many wait.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _messages.Count;
        }
    }

    /// <summary>True when a message waits that has this id, which is that of its recording too.</summary>
    public bool Has(string id)
    {
        lock (_lock)
            return _messages.ContainsKey(id);
    }

    /// <summary>True when a message for a box would be taken. It does not wait for the disk.</summary>
    public bool HasRoom(TenantId tenant, string number)
    {
        lock (_lock)
            return HasRoomNow(tenant, number);
    }

    /// <summary>All of them, the oldest first.</summary>
    public IReadOnlyList<VoiceMessage> All()
    {
        lock (_lock)
            return [.. _messages.Values];
    }

    /// <summary>Keeps a message; false when there is no room, or the disk does not take it. It is on the disk when this returns true.</summary>
    public bool TryAdd(VoiceMessage message)
    {
        lock (_lock)
        {
            if (!_messages.ContainsKey(message.Id) && !HasRoomNow(message.Tenant, message.Number))
                return false;

            TakePlace(message);
        }

        lock (_disk)
        {
            var isWritten = false;
            try
            {
                isWritten = TryWrite(message);
            }
            finally
            {
                lock (_lock)
                {
                    if (!isWritten)
                        LeavePlace(message);
                    else if (_messages.Remove(message.Id, out var before))
                        LeavePlace(before);
                    if (isWritten)
                        _messages[message.Id] = message;
                }
            }

            return isWritten;
        }
    }

    /// <summary>It is in its box, or nobody wants it any more.</summary>
    public void Remove(string id)
    {
        lock (_disk)
        {
            lock (_lock)
            {
                if (_messages.Remove(id, out var message))
                    LeavePlace(message);
            }

            try
            {
                File.Delete(FileOf(id));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The next start finds it, and that it is in its box.
                _told($"the file of the message {id} of a voicemail cannot be deleted", e);
            }
        }
    }

    private bool HasRoomNow(TenantId tenant, string number) => _places < _most && _boxes.GetValueOrDefault((tenant, number)) < _mostOfBox;

    private void TakePlace(VoiceMessage message)
    {
        var box = (message.Tenant, message.Number);
        _boxes[box] = _boxes.GetValueOrDefault(box) + 1;
        _places++;
    }

    private void LeavePlace(VoiceMessage message)
    {
        var box = (message.Tenant, message.Number);
        if (--_boxes[box] == 0)
            _boxes.Remove(box);
        _places--;
    }

    private bool TryWrite(VoiceMessage message)
    {
        var file = FileOf(message.Id);
        try
        {
            Directory.CreateDirectory(_folder);
            Write(file + ".new", message);
            File.Move(file + ".new", file, overwrite: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _told($"the message {message.Id} of a voicemail cannot be written to {_folder}", e);
            return false;
        }
    }

    private string FileOf(string id) => Path.Combine(_folder, id + Suffix);

    // It has numbers of people: nobody else on the machine reads it.
    private static void WriteToDisk(string path, VoiceMessage message)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        JsonSerializer.Serialize(file, Row.Of(message));
        file.Flush(flushToDisk: true);
    }

    private VoiceMessage? Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            if (JsonSerializer.Deserialize<Row>(file)?.ToMessage() is { } message && message.Id + Suffix == Path.GetFileName(path))
                return message;

            _told($"{path} is no message of a voicemail: it is left alone", null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or FormatException or ArgumentException)
        {
            _told($"{path} cannot be read: it is left alone", e);
        }

        return null;
    }

    private sealed record Row(string Id, string Tenant, string Number, string Caller, string CallId, DateTimeOffset ReceivedAt, long DurationMs, bool IsUrgent, DateTimeOffset? OwnedSince = null)
    {
        public static Row Of(VoiceMessage message) => new(
            message.Id, message.Tenant.Value, message.Number, message.Caller, message.CallId, message.ReceivedAt, (long)message.Duration.TotalMilliseconds, message.IsUrgent, message.OwnedSince);

        // A file that somebody wrote by hand may lack anything.
        public VoiceMessage? ToMessage() => Id is { Length: > 0 } && Tenant is { Length: > 0 } && Number is { Length: > 0 }
            ? new VoiceMessage(Id, new TenantId(Tenant), Number, Caller ?? "", CallId ?? "", ReceivedAt, TimeSpan.FromMilliseconds(DurationMs), IsUrgent: IsUrgent) { OwnedSince = OwnedSince }
            : null;
    }
}
