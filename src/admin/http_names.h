#pragma once

#include "http/handler.h"
#include "http/server_message.h"

// What this folder says without naming where it is from.
namespace headroom::admin {

using http::Fields;
using http::Handler;
using http::Request;
using http::Respond;
using http::Response;

}  // namespace headroom::admin
