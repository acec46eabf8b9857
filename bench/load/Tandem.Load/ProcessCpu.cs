using System.Globalization;

namespace Tandem.Load;

/// <summary>CPU seconds (user and system) of one process with all its threads, from /proc.</summary>
public sealed class ProcessCpu(int pid)
{
    private const double TicksPerSecond = 100;

    public double Seconds()
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }
}
