using System.Text;
using Tandem.Core.Privacy;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;
using Tandem.Sip.Writing;

namespace Tandem.Sip.Engine;

/// <summary>
/// What the UAS checks of every new request before anybody sees it (RFC 3261 §8.2, §16.3, RFC 5393), and the answers
/// that need no transaction (§8.2.7).
/// </summary>
internal sealed class RequestScreening
{
    private readonly EngineCore _core;
    private readonly byte[] _allow;
    private readonly byte[] _supported;
    private readonly byte[] _allowEvents;
    private readonly byte[][] _supportedOptions;
    private readonly ShortMac _tags;
    private readonly bool[] _isAllowed = new bool[Enum.GetValues<SipMethod>().Length];

    public RequestScreening(EngineCore core)
    {
        _core = core;
        Span<byte> tagKey = stackalloc byte[ShortMac.Size];
        core.Random.NextBytes(tagKey);
        _tags = new ShortMac(tagKey);
        var allow = new List<byte>();
        foreach (var method in core.Options.AllowedMethods)
        {
            if (allow.Count > 0)
                allow.AddRange(", "u8);
            allow.AddRange(SipMethods.Text(method));
            _isAllowed[(int)method] = true;
        }

        _isAllowed[(int)SipMethod.Unknown] = false;
        _allow = [.. allow];
        _supportedOptions = [.. core.Options.SupportedOptions.Select(Encoding.ASCII.GetBytes)];
        _allowEvents = Encoding.ASCII.GetBytes(string.Join(", ", core.Options.EventPackages));
        _supported = Encoding.ASCII.GetBytes(string.Join(", ", core.Options.SupportedOptions));
    }

    public ReadOnlySpan<byte> Allow => _allow;

    public ReadOnlySpan<byte> Supported => _supported;

    public ReadOnlySpan<byte> AllowEvents => _allowEvents;

    /// <summary>True when the request is not acceptable; <paramref name="answer"/> is then the response to finish.</summary>
    public bool Refuses(SipMessage request, in SipFlow flow, bool isInitial, out SipWriter answer)
    {
        answer = null!;
        if (!_isAllowed[(int)request.Method])
        {
            _core.Counters.Count(EngineCounter.MethodsNotAllowed);
            answer = Start(request, 405).Header(HeaderName.Allow, _allow);
            return true;
        }

        if (HasUnsupported(request, HeaderName.Require) || HasUnsupported(request, HeaderName.ProxyRequire))
        {
            _core.Counters.Count(EngineCounter.ExtensionsNotSupported);
            answer = Start(request, 420);
            WriteUnsupported(answer, request);
            return true;
        }

        if (SipTargets.IsSips(request.RequestUri) && FaultOfSips(request, flow) is { } fault)
        {
            _core.Counters.Count(EngineCounter.RejectedAnswered);
            answer = Start(request, 400, fault);
            return true;
        }

        return isInitial && RefusesHop(request, out answer);
    }

    // RFC 5630 §5.1.2: a sips: URI beside something that does not keep its promise is 400. A REGISTER may name contacts of both kinds.
    private static string? FaultOfSips(SipMessage request, in SipFlow flow)
    {
        if (!flow.IsSecure)
            return "SIPS Over Insecure Transport";

        return request.Method != SipMethod.Register && request.TryGetContact(out var contact) && !contact.IsStar && !SipTargets.IsSips(contact.Uri)
            ? "SIPS Needs SIPS Contact"
            : null;
    }

    /// <summary>
    /// Starts a response without state: the tag is the same each time the same request comes (§8.2.7). It is a MAC under a key
    /// of its own, because it goes to anybody who asks and must say nothing about the hashes of our tables.
    /// </summary>
    public SipWriter Start(SipMessage request, int status, string reason = "")
    {
        // The MAC of the one is the key of the other, so that no two pairs run together.
        Span<byte> mac = stackalloc byte[ShortMac.Size];
        Span<byte> final = stackalloc byte[ShortMac.Size];
        _tags.Compute(request.CallId, mac);
        new ShortMac(mac).Compute(request.FromTag, final);
        Span<byte> tag = stackalloc byte[16];
        Convert.TryToHexStringLower(final[..8], tag, out _);
        return SipResponses.To(request, status, reason, tag);
    }

    // What ends at us whatever its hops left (a REGISTER, an OPTIONS) passes; what would go on does not (§16.3 items 3, 4).
    private bool RefusesHop(SipMessage request, out SipWriter answer)
    {
        answer = null!;
        if (request.Method is SipMethod.Register or SipMethod.Options)
            return false;

        if (request.MaxForwards == 0)
        {
            _core.Counters.Count(EngineCounter.ExhaustedRequests);
            answer = Start(request, 483);
            return true;
        }

        if (LoopDetection.IsLoop(request, _core.Addressing, _core.BranchStart))
        {
            _core.Counters.Count(EngineCounter.LoopedRequests);
            answer = Start(request, 482);
            return true;
        }

        // §8.1.1.8: an INVITE has exactly one Contact; without it no dialog can be made.
        if (request.Method == SipMethod.Invite && !(request.TryGetContact(out var contact) && !contact.IsStar))
        {
            _core.Counters.Count(EngineCounter.RejectedAnswered);
            answer = Start(request, 400, "Bad Contact");
            return true;
        }

        return false;
    }

    private bool HasUnsupported(SipMessage request, HeaderName name)
    {
        if (!request.Has(name))
            return false;

        foreach (var option in request.Values(name))
        {
            if (!IsSupported(option))
                return true;
        }

        return false;
    }

    private void WriteUnsupported(SipWriter answer, SipMessage request)
    {
        // One line: a field for each would make much of little.
        answer.Begin(HeaderName.Unsupported);
        var isFirst = true;
        WriteUnsupported(answer, request, HeaderName.Require, ref isFirst);
        WriteUnsupported(answer, request, HeaderName.ProxyRequire, ref isFirst);
        answer.End();
    }

    private void WriteUnsupported(SipWriter answer, SipMessage request, HeaderName name, ref bool isFirst)
    {
        foreach (var option in request.Values(name))
        {
            if (IsSupported(option))
                continue;

            answer.Append(isFirst ? ""u8 : ", "u8).Append(option);
            isFirst = false;
        }
    }

    private bool IsSupported(ReadOnlySpan<byte> option)
    {
        foreach (var supported in _supportedOptions)
        {
            if (SipText.EqualsIgnoreCase(option, supported))
                return true;
        }

        return false;
    }
}
