using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Tandem.Calls.Security;
using Tandem.Core.Time;
using Tandem.Sip.Messages;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Registrar;

/// <summary>Writes the responses of the registrar. One instance serves a shard.</summary>
internal sealed class RegisterAnswers(RegistrarOptions options, IWallClock clock, Random random)
{
    /// <summary>Room for the brackets and the parameters around a Contact URI, without the instance itself.</summary>
    private const int ParameterBytes = 96;

    private byte[] _contact = new byte[options.MaxContactUriBytes + options.MaxInstanceBytes + ParameterBytes];
    private long _dateSecond = long.MinValue;
    private string _date = "";

    /// <summary>
    /// 200 with all current bindings, their remaining lifetimes, the Date, the Path (§10.3 step 8, RFC 3327 §5.3), the Service-Route
    /// (RFC 3608 §6.3), and what RFC 5626 §6 adds.
    /// </summary>
    /// <param name="request">The REGISTER.</param>
    /// <param name="current">The bindings after it; null when there is none.</param>
    /// <param name="isOutbound">True when a reg-id was honoured for a client that supports outbound.</param>
    /// <param name="isStream">True when it came over a stream.</param>
    /// <param name="now">The time.</param>
    public SipWriter Accept(SipMessage request, AddressOfRecord? current, bool isOutbound, bool isStream, Moment now)
    {
        var response = Start(request, 200, "");
        if (current is not null)
        {
            foreach (var entry in current.Entries)
                response.Header(HeaderName.Contact, WriteContact(entry, now));
        }

        if (request.Has(HeaderName.Path))
            response.Copy(request, HeaderName.Path);

        if (options.ServiceRoute.Length > 0)
            response.Header(HeaderName.ServiceRoute, options.ServiceRoute);

        if (isOutbound)
        {
            response.Header(HeaderName.Require, "outbound"u8);
            if (isStream && options.FlowTimer > TimeSpan.Zero)
                response.Header(HeaderName.FlowTimer, (long)options.FlowTimer.TotalSeconds);
        }

        return response.Header(HeaderName.Supported, "path, outbound"u8).Header(HeaderName.Date, DateText(now));
    }

    /// <summary>The refusal with the header fields that belong to its status.</summary>
    public SipWriter Refuse(SipMessage request, in RegisterFault fault)
    {
        var response = Start(request, fault.Status, fault.Reason);
        if (fault.Status == 423)
            response.Header(HeaderName.MinExpires, fault.MinExpires);
        else if (fault.Status == 420)
            response.Header(HeaderName.Unsupported, fault.Unsupported);

        return response;
    }

    private SipWriter Start(SipMessage request, int status, string reason)
    {
        Span<byte> tag = stackalloc byte[ResponseTag.Length];
        ResponseTag.Make(random, tag);
        return SipResponses.To(request, status, reason, tag);
    }

    private ReadOnlySpan<byte> WriteContact(BindingEntry entry, Moment now)
    {
        var uri = entry.Uri;
        var binding = entry.Binding;
        if (_contact.Length < uri.Length + binding.Instance.Length + ParameterBytes)
            _contact = new byte[uri.Length + binding.Instance.Length + ParameterBytes]; // restored from a run with a larger limit

        var text = _contact.AsSpan();
        var length = Put(text, 0, "<"u8);
        length = Put(text, length, uri);
        length = Put(text, length, ">;expires="u8);
        Utf8Formatter.TryFormat(SecondsLeft(entry, now), text[length..], out var written);
        length += written;
        if (binding.Instance.Length > 0)
        {
            length = Put(text, length, ";+sip.instance=\""u8);
            length += Encoding.UTF8.GetBytes(binding.Instance, text[length..]);
            length = Put(text, length, "\""u8);
        }

        if (binding.IsOutbound)
        {
            length = Put(text, length, ";reg-id="u8);
            Utf8Formatter.TryFormat(binding.RegId, text[length..], out written);
            length += written;
        }

        if (binding.Q != 1_000)
        {
            length = Put(text, length, ";q=0."u8);
            Utf8Formatter.TryFormat(binding.Q, text[length..], out written, new System.Buffers.StandardFormat('D', 3));
            length += written;
        }

        return text[..length];
    }

    /// <summary>Whole seconds, rounded up: a binding that is still there never shows 0, which would mean that it is not.</summary>
    private static long SecondsLeft(BindingEntry entry, Moment now) =>
        Math.Max(1, ((entry.Deadline - now).Ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond);

    private static int Put(Span<byte> target, int at, ReadOnlySpan<byte> text)
    {
        text.CopyTo(target[at..]);
        return at + text.Length;
    }

    /// <summary>RFC 3261 §20.17, made once a second.</summary>
    private string DateText(Moment now)
    {
        var utc = clock.ToUtc(now);
        var second = utc.ToUnixTimeSeconds();
        if (second != _dateSecond)
        {
            _dateSecond = second;
            _date = utc.ToString("r", CultureInfo.InvariantCulture);
        }

        return _date;
    }
}
