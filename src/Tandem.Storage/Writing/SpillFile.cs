using System.Text;
using System.Text.Json;
using Tandem.Storage.Database;

namespace Tandem.Storage.Writing;

/// <summary>
/// Waiting writes that do not fit into memory: one JSON line each, in order. A file that a former run left is read first.
/// Reading it twice does no harm, because every write can be repeated. Used by the writer's thread only.
/// </summary>
internal sealed class SpillFile(string path, long limit, RunIdentity run) : IDisposable
{
    private const int LineLimit = 64 * 1024;

    private FileStream? _file;
    private long _readAt;
    private long _lines;
    private long _length;

    /// <summary>Lines that are not consumed yet.</summary>
    public long Lines
    {
        get => Volatile.Read(ref _lines);
        private set => Volatile.Write(ref _lines, value);
    }

    /// <summary>Bytes of the file.</summary>
    public long Bytes => _length;

    /// <summary>Lines that could not be read (the last one of a killed process).</summary>
    public long Torn { get; private set; }

    /// <summary>Takes over what a former run left.</summary>
    public void Open()
    {
        if (!File.Exists(path))
            return;

        var file = OpenStream();
        _length = file.Length;
        _readAt = 0;
        file.Position = 0;
        Lines = CountLines(file);
    }

    /// <summary>Appends rows until the file is full; returns how many were taken.</summary>
    /// <exception cref="IOException">The file cannot be written; what was appended so far may be in it.</exception>
    public int Append(IReadOnlyList<WriteItem> items)
    {
        var file = OpenStream();
        file.Position = _length;
        var taken = 0;
        using var buffer = new MemoryStream();
        foreach (var item in items)
        {
            var before = buffer.Length;
            Write(buffer, item);
            if (_length + buffer.Length > limit)
            {
                buffer.SetLength(before);
                break;
            }

            taken++;
        }

        file.Write(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
        file.Flush();
        _length += buffer.Length;
        Lines += taken;
        return taken;
    }

    /// <summary>Reads the next lines without consuming them; <paramref name="lines"/> counts torn ones too.</summary>
    public void Peek(List<WriteItem> into, int maximum, out int lines, out long end)
    {
        var file = OpenStream();
        file.Position = _readAt;
        end = _readAt;
        lines = 0;
        var line = new List<byte>(512);
        var block = new byte[64 * 1024];
        while (lines < maximum)
        {
            var read = file.Read(block);
            if (read == 0)
                break;

            for (var i = 0; i < read && lines < maximum; i++)
            {
                end++;
                if (block[i] != '\n')
                {
                    if (line.Count < LineLimit)
                        line.Add(block[i]);
                    continue;
                }

                Take(into, line);
                lines++;
                line.Clear();
            }
        }

        // A last line without an end was cut off by a crash: it is consumed with the rest.
        if (line.Count > 0 && lines < maximum)
        {
            Torn++;
            lines++;
        }

        // Somebody made the file shorter: what it held is gone, and nobody should wait for it.
        if (lines == 0)
        {
            lines = (int)Math.Min(Lines, int.MaxValue);
            end = _length;
        }
    }

    /// <summary>The lines up to <paramref name="end"/> are in the database.</summary>
    public void Consume(int lines, long end)
    {
        Lines = Math.Max(0, Lines - lines);
        _readAt = end;
        if (_readAt < _length)
            return;

        _file?.SetLength(0);
        _readAt = 0;
        _length = 0;
        Lines = 0;
    }

    public void Dispose()
    {
        _file?.Dispose();
        if (Lines == 0 && File.Exists(path) && new FileInfo(path).Length == 0)
            File.Delete(path);
    }

    private void Write(MemoryStream buffer, WriteItem item)
    {
        buffer.WriteByte((byte)('0' + (int)item.Kind));
        JsonSerializer.Serialize(buffer, item.ToRow(run), SpillJson.TypeOf(item.Kind));
        buffer.WriteByte((byte)'\n');
    }

    private static long CountLines(FileStream file)
    {
        var block = new byte[64 * 1024];
        long lines = 0;
        var last = (byte)'\n';
        while (file.Read(block) is > 0 and var read)
        {
            lines += block.AsSpan(0, read).Count((byte)'\n');
            last = block[read - 1];
        }

        return last == '\n' ? lines : lines + 1;
    }

    private void Take(List<WriteItem> into, List<byte> line)
    {
        var kind = line.Count > 0 ? (WriteKind)(line[0] - '0') : 0;
        try
        {
            if (SpillJson.TypeOfOrNull(kind) is { } type
                && JsonSerializer.Deserialize(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(line)[1..], type) is IRow row)
            {
                into.Add(new WriteItem(kind, row));
                return;
            }
        }
        catch (JsonException)
        {
            // Counted below: a line that was cut off or spoiled on disk holds nothing that can be saved.
        }

        Torn++;
    }

    private FileStream OpenStream()
    {
        if (_file is not null)
            return _file;

        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return _file = new FileStream(path, options);
    }
}
