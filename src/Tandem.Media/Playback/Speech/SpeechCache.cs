using System.Security.Cryptography;
using System.Text;

namespace Tandem.Media.Playback.Speech;

/// <summary>What was spoken before, as files in DATA_DIR/speech: the name is a hash of everything that the sound depends on. The files used longest ago leave.</summary>
internal sealed class SpeechCache(string folder, long capacity)
{
    private const string Suffix = ".wav";

    private readonly Lock _lock = new();

    /// <summary>The file of a text, whether it is there or not.</summary>
    public string PathOf(SpeechTool tool, string voice, string text)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{tool.Name}\n{voice}\n{text}"));
        return Path.Combine(folder, Convert.ToHexStringLower(hash) + Suffix);
    }

    /// <summary>True when the file is there; it counts as used now.</summary>
    public static bool Has(string path, DateTimeOffset now)
    {
        try
        {
            if (!File.Exists(path))
                return false;

            File.SetLastAccessTimeUtc(path, now.UtcDateTime);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another process took it away: it is made again.
            return false;
        }
    }

    /// <summary>Removes files until what is left fits.</summary>
    public void Trim()
    {
        lock (_lock)
        {
            var files = new DirectoryInfo(folder).EnumerateFiles("*" + Suffix).OrderBy(file => file.LastAccessTimeUtc).ToList();
            var bytes = files.Sum(file => file.Length);
            foreach (var file in files)
            {
                if (bytes <= capacity)
                    return;

                bytes -= file.Length;
                file.Delete();
            }
        }
    }
}
