using Tandem.Core.Time;

namespace Tandem.Media.Rtcp;

/// <summary>
/// Moments as NTP timestamps of 2^-32 s (RFC 3550 §4). The clock is the process's monotonic one, as §6.4.1 allows: streams of one process
/// can be related, a step of the system's time moves nothing, and nobody learns how long the machine is up by more than the process is.
/// </summary>
public static class NtpTime
{
    // 1970 in NTP's count, so that the value looks like a time; its middle is never 0, which would mean "no SR yet".
    private const ulong Epoch = 2_208_988_800UL << 32;

    public static ulong At(Moment moment)
    {
        var seconds = (ulong)(moment.Ticks / TimeSpan.TicksPerSecond);
        var rest = (ulong)(moment.Ticks % TimeSpan.TicksPerSecond);
        var ntp = Epoch + (seconds << 32) + ((rest << 32) / TimeSpan.TicksPerSecond);
        return (uint)(ntp >> 16) == 0 ? ntp + 0x10000 : ntp;
    }

    /// <summary>A time of 1/65536 s as DLSR has it; it stops at its greatest value, 18 hours.</summary>
    public static uint Short(TimeSpan time) => (uint)Math.Clamp(time.Ticks * 65536.0 / TimeSpan.TicksPerSecond, 0, uint.MaxValue);

    /// <summary>The time that <see cref="Short"/> wrote.</summary>
    public static TimeSpan FromShort(uint value) => TimeSpan.FromTicks((long)(value * (double)TimeSpan.TicksPerSecond / 65536));
}
