using Tandem.Server.Options.Kinds;

namespace Tandem.Server.Options;

public static partial class OptionsCatalog
{
    private const string SipMessages = "SIP messages";

    private static void AddSip(List<Setting> list)
    {
        list.Add(SipMessages, "SIP_MAX_MESSAGE", o => o.SipLimits.MaxMessageBytes, new SizeKind(1_300, 65_535), "The largest message: the largest datagram; streams keep the same bound.");
        list.Add(SipMessages, "SIP_MAX_HEADERS", o => o.SipLimits.MaxHeaders, Count(16, 1_024, "fields"), "Header fields of a message: a long chain of proxies with Record-Route stays below 60.");
        list.Add(SipMessages, "SIP_MAX_HEADER_SIZE", o => o.SipLimits.MaxHeaderBytes, new SizeKind(256, 65_535), "One header field with its folded lines: an Identity header with its certificate fits.");
        list.Add(SipMessages, "SIP_MAX_START_LINE", o => o.SipLimits.MaxStartLineBytes, new SizeKind(256, 65_535), "The request or status line.");
        list.Add(SipMessages, "SIP_MAX_LIST", o => o.SipLimits.MaxListElements, Count(8, 1_024, "elements"), "Elements of one comma list over all its fields: more Via or Contact values than any real path has.");
        list.Add(SipMessages, "SIP_MAX_BODY_NESTING", o => o.SipLimits.MaxBodyNesting, Count(1, 16, "levels"), "Nested multipart bodies.");
    }
}
